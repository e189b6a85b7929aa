namespace MarketData.Api.Imports;

/// <summary>What a row says of its time.</summary>
internal enum StampKind
{
    /// <summary>A day.</summary>
    Date,

    /// <summary>A day and a time of day, by a clock that the row does not name.</summary>
    Local,

    /// <summary>An instant: a count since 1970, or a time with its offset from UTC.</summary>
    Instant,
}

/// <summary>The time of a row, as it stands there.</summary>
/// <param name="Value">The date, the time by the unnamed clock, or the instant in UTC.</param>
/// <param name="Kind">Which of these.</param>
internal readonly record struct BarStamp(DateTime Value, StampKind Kind);
