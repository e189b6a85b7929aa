using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>How far back history is fetched for a series that has none, in days, each 1 to 36,500. Section <c>Enrichment:History</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:History";

    /// <summary>For <c>5m</c>: Yahoo keeps sixty days.</summary>
    public int FiveMinutes { get; set; } = 60;

    /// <summary>For <c>15m</c>.</summary>
    public int FifteenMinutes { get; set; } = 60;

    /// <summary>For <c>30m</c>.</summary>
    public int ThirtyMinutes { get; set; } = 60;

    /// <summary>For <c>1h</c>: Yahoo keeps 730 days.</summary>
    public int OneHour { get; set; } = 365;

    /// <summary>For <c>4h</c>.</summary>
    public int FourHours { get; set; } = 365;

    /// <summary>For <c>1d</c>: all that providers have.</summary>
    public int OneDay { get; set; } = 20_000;

    /// <summary>For <c>1w</c>: all that providers have.</summary>
    public int OneWeek { get; set; } = 20_000;

    /// <summary>The days for an interval.</summary>
    public int Days(BarInterval interval) => interval switch
    {
        BarInterval.FiveMinutes => FiveMinutes,
        BarInterval.FifteenMinutes => FifteenMinutes,
        BarInterval.ThirtyMinutes => ThirtyMinutes,
        BarInterval.OneHour => OneHour,
        BarInterval.FourHours => FourHours,
        BarInterval.OneDay => OneDay,
        BarInterval.OneWeek => OneWeek,
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "Not a bar interval."),
    };
}
