using MarketData.Storage.Schema;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// How far back history is fetched for a series that has none, in days, each 1 to 36,500. Section <c>Enrichment:History</c>.
/// </summary>
/// <remarks>
/// Yahoo keeps sixty days of bars below an hour, and 730 of hourly ones; of daily and weekly bars all that providers have is fetched.
/// </remarks>
public sealed class HistoryOptions : IntervalSettings<int>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:History";

    /// <summary>The defaults.</summary>
    public HistoryOptions()
        : base(1, 36_500)
    {
        (FiveMinutes, FifteenMinutes, ThirtyMinutes) = (60, 60, 60);
        (OneHour, FourHours) = (365, 365);
        (OneDay, OneWeek) = (36_500, 36_500);
    }
}
