namespace MarketData.Domain.Candles;

/// <summary>What the length of a <see cref="Timeframe"/> is counted in.</summary>
public enum TimeframeUnit
{
    /// <summary>Minutes, from the opening of a session or after its break on; from midnight UTC for crypto.</summary>
    Minute,

    /// <summary>Sessions; UTC days for crypto. They are numbered from the first one of 1970 on.</summary>
    Session,

    /// <summary>Weeks, which begin on Monday, numbered from that of 1970-01-05 on.</summary>
    Week,

    /// <summary>Months, counted from January on.</summary>
    Month,
}
