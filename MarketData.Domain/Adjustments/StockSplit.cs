namespace MarketData.Domain.Adjustments;

/// <summary>A split: <paramref name="From"/> old shares became <paramref name="To"/> new ones (4:1 has 1 and 4).</summary>
/// <param name="ExDate">First session at the new price.</param>
/// <param name="From">Old shares, above 0.</param>
/// <param name="To">New shares, above 0.</param>
public sealed record StockSplit(DateOnly ExDate, double From, double To)
{
    /// <summary>New shares for one old one: prices before the ex-date are divided by it.</summary>
    public double Ratio => To / From;
}
