namespace MarketData.Domain.Adjustments;

/// <summary>What a provider told of a split or a dividend, as told.</summary>
/// <param name="Id">Its number on record.</param>
/// <param name="Provider">Who told.</param>
/// <param name="ExDate">First session at the new price, or without the right to the dividend.</param>
/// <param name="RatioFrom">Old shares of a split; null of a dividend.</param>
/// <param name="RatioTo">New shares of a split; null of a dividend.</param>
/// <param name="Amount">Cash per share of a dividend; null of a split.</param>
/// <param name="Currency">ISO code of the amount; null when not told.</param>
/// <param name="RecordDate">Who is on record on this day is paid; null when not told.</param>
/// <param name="PayDate">The day of payment; null when not told.</param>
/// <param name="IsConfirmed">Whether a person vouches for it, and for its day: that outranks price and providers.</param>
public sealed record ActionReport(
    long Id, string Provider, DateOnly ExDate, double? RatioFrom, double? RatioTo, double? Amount, string? Currency, DateOnly? RecordDate, DateOnly? PayDate,
    bool IsConfirmed = false)
{
    /// <summary>The provider of what a person entered.</summary>
    public const string Person = "person";

    /// <summary>Whether it is of a split.</summary>
    public bool IsSplit => RatioTo is not null || RatioFrom is not null;

    /// <summary>New shares for one old one; NaN, 0 or infinite where the report makes no sense.</summary>
    public double Ratio => (RatioTo ?? double.NaN) / (RatioFrom ?? double.NaN);
}
