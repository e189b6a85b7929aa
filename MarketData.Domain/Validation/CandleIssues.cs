namespace MarketData.Domain.Validation;

/// <summary>What the soft rules found about a candle that is kept; ids and penalties are in <see cref="ValidationRules"/>.</summary>
[Flags]
public enum CandleIssues
{
    /// <summary>No rule fired.</summary>
    None = 0,

    /// <summary><c>price_anomaly</c>: a jump far outside the series' habit that no split explains.</summary>
    PriceAnomaly = 1 << 0,

    /// <summary><c>suspected_split</c>: such a jump by a ratio that splits have, with no split on record.</summary>
    SuspectedSplit = 1 << 1,

    /// <summary><c>volume_anomaly</c>: more than ten times, or less than a tenth, of the usual volume.</summary>
    VolumeAnomaly = 1 << 2,

    /// <summary><c>zero_volume</c>: no trade in a session, in a series that has volume.</summary>
    ZeroVolume = 1 << 3,

    /// <summary><c>flat_repeat</c>: one price throughout, the same as the candle before had.</summary>
    FlatRepeat = 1 << 4,

    /// <summary><c>gap_before</c>: the candle expected before this one is missing.</summary>
    GapBefore = 1 << 5,

    /// <summary><c>fallback_source</c>: supplied by another than the first provider for the instrument.</summary>
    FallbackSource = 1 << 6,

    /// <summary><c>provider_disagreement</c>: another provider's close for the same instant differs by more than half a percent.</summary>
    ProviderDisagreement = 1 << 7,

    /// <summary><c>incomplete</c>: a day of the week that it was built of is missing.</summary>
    Incomplete = 1 << 8,

    /// <summary>
    /// <c>unit_shift</c>: in another unit than the candles around it, such as pence for pounds, or the first of those that stay so.
    /// </summary>
    UnitShift = 1 << 9,

    /// <summary><c>possible_ticker_reuse</c>: at another level after a gap of more than sixty sessions.</summary>
    PossibleTickerReuse = 1 << 10,
}
