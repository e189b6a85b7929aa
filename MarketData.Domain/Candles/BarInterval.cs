namespace MarketData.Domain.Candles;

/// <summary>The span of time that one candle covers; its wire names are those of <see cref="BarIntervals"/>.</summary>
public enum BarInterval
{
    /// <summary><c>5m</c>: five minutes.</summary>
    FiveMinutes,

    /// <summary><c>15m</c>: fifteen minutes.</summary>
    FifteenMinutes,

    /// <summary><c>30m</c>: thirty minutes.</summary>
    ThirtyMinutes,

    /// <summary><c>1h</c>: one hour.</summary>
    OneHour,

    /// <summary><c>4h</c>: four hours; for equities counted from the session's open.</summary>
    FourHours,

    /// <summary><c>1d</c>: one session (equities) or one UTC day (crypto), stamped 00:00 UTC of its date.</summary>
    OneDay,

    /// <summary><c>1w</c>: one week, stamped 00:00 UTC of its Monday.</summary>
    OneWeek,
}
