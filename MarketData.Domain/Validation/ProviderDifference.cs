namespace MarketData.Domain.Validation;

/// <summary>How far two providers' closes of a bar may lie apart.</summary>
public static class ProviderDifference
{
    /// <summary>The share of their mean by which two providers' closes may differ.</summary>
    public const double Tolerance = 0.005;

    /// <summary>How far two closes lie apart, as a share of their mean, 0 to 2.</summary>
    /// <param name="close">A close, above 0.</param>
    /// <param name="other">Another one, above 0.</param>
    public static double Of(double close, double other) => Math.Abs(close - other) / ((close + other) / 2);
}
