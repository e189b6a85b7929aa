using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// How long candles are kept with all that is known about them, in days, each 30 to 36,500; null, the default, for ever. What is older is
/// forgotten within the hour and fetched no more. Section <c>Storage:Retention</c>.
/// </summary>
public sealed class CandleRetentionOptions
{
    /// <summary>For <c>5m</c>.</summary>
    public int? FiveMinutes { get; set; }

    /// <summary>For <c>15m</c>.</summary>
    public int? FifteenMinutes { get; set; }

    /// <summary>For <c>30m</c>.</summary>
    public int? ThirtyMinutes { get; set; }

    /// <summary>For <c>1h</c>.</summary>
    public int? OneHour { get; set; }

    /// <summary>For <c>4h</c>.</summary>
    public int? FourHours { get; set; }

    /// <summary>For <c>1d</c>.</summary>
    public int? OneDay { get; set; }

    /// <summary>For <c>1w</c>.</summary>
    public int? OneWeek { get; set; }

    /// <summary>The beginning of the first day of an interval that is kept, UTC; null when all are.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="now">The present instant, UTC.</param>
    public DateTime? KeptFrom(BarInterval interval, DateTime now) => Days(interval) is { } days ? now.Date.AddDays(-days) : null;

    private int? Days(BarInterval interval) => interval switch
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
