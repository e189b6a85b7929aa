namespace MarketData.Api.Imports;

/// <summary>What becomes of a bar that was read.</summary>
internal enum BarFate
{
    /// <summary>It is a candle.</summary>
    Valid,

    /// <summary>It breaks a structural rule.</summary>
    Invalid,

    /// <summary>It lies outside the regular session.</summary>
    OutOfSession,

    /// <summary>It had not closed.</summary>
    Unclosed,

    /// <summary>Candles so old are not kept.</summary>
    PastRetention,
}
