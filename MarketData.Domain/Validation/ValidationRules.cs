namespace MarketData.Domain.Validation;

/// <summary>Every rule that candles are checked by, with its id and weight.</summary>
public static class ValidationRules
{
    /// <summary>Structural: a price, or the volume, is no finite number.</summary>
    public const string NotFinite = "not_finite";

    /// <summary>Structural: the candle opens after the instant of the check.</summary>
    public const string Future = "future";

    /// <summary>Structural: no candle of the interval opens at that instant.</summary>
    public const string OffGrid = "off_grid";

    /// <summary>Structural: one answer holds two different candles for the instant.</summary>
    public const string DuplicateConflict = "duplicate_conflict";

    /// <summary>Structural: a price is zero or below.</summary>
    public const string NonPositivePrice = "non_positive_price";

    /// <summary>Structural: the high is below the open or close, or the low above.</summary>
    public const string OhlcOrder = "ohlc_order";

    /// <summary>Structural: the volume is below zero.</summary>
    public const string NegativeVolume = "negative_volume";

    /// <summary>The score from which a candle counts as validated unless told otherwise.</summary>
    public const double DefaultMinimumScore = 0.85;

    /// <summary>The structural rules in the order in which they are checked: a rejected candle carries the first that it breaks.</summary>
    public static IReadOnlyList<ValidationRule> Structural { get; } =
    [
        new(NotFinite, CandleIssues.None, 100, "A price or the volume is not a finite number."),
        new(Future, CandleIssues.None, 100, "The candle opens in the future."),
        new(OffGrid, CandleIssues.None, 100, "No candle of this interval opens at this instant."),
        new(DuplicateConflict, CandleIssues.None, 100, "One answer held two different candles for this instant."),
        new(NonPositivePrice, CandleIssues.None, 100, "A price is zero or below."),
        new(OhlcOrder, CandleIssues.None, 100, "The high is below, or the low above, the open or close."),
        new(NegativeVolume, CandleIssues.None, 100, "The volume is below zero."),
    ];

    /// <summary>The soft rules, in the order in which notes list them.</summary>
    public static IReadOnlyList<ValidationRule> Soft { get; } =
    [
        new("price_anomaly", CandleIssues.PriceAnomaly, 30, "The price jumped far outside the habit of the fifty candles before."),
        new("suspected_split", CandleIssues.SuspectedSplit, 30, "The price jumped by a ratio that splits have, and no split is on record."),
        new(
            "volume_anomaly", CandleIssues.VolumeAnomaly, 15,
            "The volume is over ten times, or under a tenth, of the median of the twenty candles before."),
        new("zero_volume", CandleIssues.ZeroVolume, 20, "Nothing was traded in a session, in a series that has volume."),
        new("flat_repeat", CandleIssues.FlatRepeat, 10, "One price throughout, the same as the candle before had."),
        new("gap_before", CandleIssues.GapBefore, 15, "The candle expected before this one is missing."),
        new("fallback_source", CandleIssues.FallbackSource, 5, "Supplied by another than the first provider for the instrument."),
        new(
            "provider_disagreement", CandleIssues.ProviderDisagreement, 20,
            "Another provider's close differs by more than half a percent."),
        new("incomplete", CandleIssues.Incomplete, 15, "A shorter candle that it was built of is missing."),
        new(
            "unit_shift", CandleIssues.UnitShift, 30,
            "The price is ten, a hundred or a thousand times that of the candles around, or a part of it, as in another unit."),
        new(
            "possible_ticker_reuse", CandleIssues.PossibleTickerReuse, 30,
            "The price is at another level after a gap of more than sixty sessions, as another instrument's of the same ticker."),
    ];

    /// <summary>The issues that data quality counts as anomalies: those about the candle's own values.</summary>
    public const CandleIssues Anomalies =
        CandleIssues.PriceAnomaly | CandleIssues.SuspectedSplit | CandleIssues.VolumeAnomaly
        | CandleIssues.ZeroVolume | CandleIssues.FlatRepeat | CandleIssues.ProviderDisagreement
        | CandleIssues.UnitShift | CandleIssues.PossibleTickerReuse;

    /// <summary>The score of a candle with these issues: 1 less the penalties, never below 0.</summary>
    public static double Score(CandleIssues issues)
    {
        var percent = 100;
        foreach (var rule in Soft)
        {
            if ((issues & rule.Issue) != 0)
                percent -= rule.PenaltyPercent;
        }

        return Math.Max(percent, 0) / 100.0;
    }

    /// <summary>The ids of the rules behind these issues, in the order of <see cref="Soft"/>; null when there are none.</summary>
    public static string[]? Notes(CandleIssues issues) =>
        issues == CandleIssues.None ? null : [.. Soft.Where(rule => (issues & rule.Issue) != 0).Select(rule => rule.Id)];

    /// <summary>The issues that these ids name; an id that is no soft rule's is an error.</summary>
    /// <exception cref="FormatException">An id names no soft rule.</exception>
    public static CandleIssues Parse(IEnumerable<string>? notes)
    {
        var issues = CandleIssues.None;
        foreach (var note in notes ?? [])
        {
            issues |= Soft.FirstOrDefault(rule => rule.Id == note)?.Issue
                ?? throw new FormatException($"'{note}' is not the id of a soft validation rule.");
        }

        return issues;
    }
}
