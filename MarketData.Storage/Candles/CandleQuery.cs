using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>Which candles of a series to read, and what of each.</summary>
public sealed record CandleQuery
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The interval of the candles; of those that bars are made of, where those are <see cref="Resampled"/>.</summary>
    public required BarInterval Interval { get; init; }

    /// <summary>The length of bars that are made of candles of <see cref="Interval"/>, and of which the rest speaks; null for the candles.</summary>
    public Timeframe? Resampled { get; init; }

    /// <summary>The present instant, UTC, which tells that a bar is over that lacks candles; null to give only those that are complete.</summary>
    public DateTime? Now { get; init; }

    /// <summary>Only candles that open at or after this instant, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only candles that open at or before this instant, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Only candles that open after this instant, UTC: the last of the page before.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only candles that open before this instant, UTC: the first of the page before, when pages go back in time.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Candles at most; null for all of them.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether <see cref="Limit"/> leaves the newest candles, rather than the oldest.</summary>
    public bool Newest { get; init; }

    /// <summary>Whether the newest candle comes first, rather than the oldest.</summary>
    public bool Descending { get; init; }

    /// <summary>Whether prices and volumes are adjusted for splits and dividends, and features are of those; false for what was traded.</summary>
    public bool Adjusted { get; init; }

    /// <summary>Whether, where <see cref="Adjusted"/>, dividends are left out: prices are those that were paid, in today's shares.</summary>
    public bool SplitsOnly { get; init; }

    /// <summary>Whether to give the candles themselves; false for their features alone.</summary>
    public bool Values { get; init; } = true;

    /// <summary>Whether to give the features of each candle, computed from it and all candles before it.</summary>
    public bool Features { get; init; }

    /// <summary>Which of them, in the order in which they are to be given; null for all of the instrument's class.</summary>
    public IReadOnlyList<Feature>? FeatureList { get; init; }

    /// <summary>Only candles that count as validated.</summary>
    public bool ValidatedOnly { get; init; }

    /// <summary>Only candles with at least this score, 0 to 1.</summary>
    public double? MinimumScore { get; init; }

    /// <summary>Whether the rows have a column for the symbol.</summary>
    public bool SymbolColumn { get; init; }

    /// <summary>Whether the rows have a column for the interval.</summary>
    public bool TimeframeColumn { get; init; }

    /// <summary>Whether rows have what futures markets tell beside prices; null where that is so for crypto only.</summary>
    public bool? Microstructure { get; init; }

    /// <summary>
    /// Whether rows have <c>split_factor</c>, where prices are <see cref="Adjusted"/>: the price as traded is the row's times it, the volume as
    /// traded the row's by it. Null for a week that a split divides.
    /// </summary>
    public bool SplitFactor { get; init; }

    /// <summary>Further columns of numbers, which whoever reads the rows fills.</summary>
    public IReadOnlyList<string> Extras { get; init; } = [];

    /// <summary>What the length of the bars is called.</summary>
    public string TimeframeName => Resampled?.Name ?? Interval.Name();

    /// <summary>The features that are given.</summary>
    internal IReadOnlyList<Feature> GivenFeatures =>
        FeatureList ?? (HasMicrostructure ? FeatureCatalogue.All : FeatureCatalogue.For(Instrument.AssetClass));

    /// <summary>Those of them that can be computed for the instrument.</summary>
    internal IReadOnlyList<Feature> ComputedFeatures =>
    [
        .. GivenFeatures.Where(feature => feature.Scope == FeatureScope.Universal || Instrument.AssetClass == AssetClass.Crypto),
    ];

    /// <summary>Whether one of them is of those that checkpoints are kept of.</summary>
    internal bool HasStandardFeatures => FeatureList is null || FeatureList.Any(FeatureCatalogue.IsStandard);

    /// <summary>Those of them that no checkpoints are kept of.</summary>
    internal IReadOnlyList<Feature> OtherFeatures =>
        FeatureList is null ? [] : [.. FeatureList.Where(feature => !FeatureCatalogue.IsStandard(feature))];

    /// <summary>Whether <see cref="Microstructure"/> is read.</summary>
    internal bool HasMicrostructure => Microstructure ?? Instrument.AssetClass == AssetClass.Crypto;

    /// <summary>The first instant that may be given, of <see cref="From"/> and <see cref="After"/>; null for all.</summary>
    internal DateTime? Since => After is { } after && !(From > after) ? after.AddMicroseconds(1) : From;

    /// <summary>The first instant that may not be given any more, of <see cref="To"/> and <see cref="Before"/>; null for all.</summary>
    internal DateTime? Until => To is { } to && !(Before <= to) ? to.AddMicroseconds(1) : Before;

    /// <summary>Whether some candles of the range may be left out.</summary>
    internal bool IsFiltered => ValidatedOnly || MinimumScore is not null;

    /// <summary>The values that were on record at this instant, UTC; null for the present ones.</summary>
    public DateTime? AsOf { get; init; }
}
