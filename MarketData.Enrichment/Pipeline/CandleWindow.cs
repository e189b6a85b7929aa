using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Domain.Validation;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Candles;
using MarketData.Storage.Imports;

namespace MarketData.Enrichment.Pipeline;

/// <summary>A range of a series as it will be: what is stored in and around it, merged with what was fetched.</summary>
internal sealed class CandleWindow
{
    /// <summary>What is known from the way a candle was got, apart from its values.</summary>
    public const CandleIssues Acquirements = CandleIssues.FallbackSource | CandleIssues.ProviderDisagreement;

    private const CandleIssues Kept = Acquirements | CandleIssues.Incomplete;

    private CandleWindow(
        Candle[] before, Candle[] candles, Candle[] after, string[] sources, CandleIssues[] acquired, StoredCandle?[] stored)
    {
        Before = before;
        After = after;
        Candles = candles;
        Sources = sources;
        _acquired = acquired;
        _stored = stored;
    }

    private readonly CandleIssues[] _acquired;
    private readonly StoredCandle?[] _stored;

    /// <summary>The candles stored just before.</summary>
    public Candle[] Before { get; }

    /// <summary>The candles of the range and, where there is one, the next one stored after it; ascending.</summary>
    public Candle[] Candles { get; }

    /// <summary>The candles stored just after.</summary>
    public Candle[] After { get; }

    /// <summary>The provider of each of <see cref="Candles"/>.</summary>
    public string[] Sources { get; }

    /// <summary>Whether any of the candles has volume.</summary>
    public bool HasVolume => Array.Exists(Candles, candle => candle.Volume > 0) || Array.Exists(Before, candle => candle.Volume > 0);

    /// <summary>The place of the first of <see cref="Candles"/> whose values are not those on record; null when all are.</summary>
    public int? FirstChange
    {
        get
        {
            for (var i = 0; i < Candles.Length; i++)
            {
                if (_stored[i]?.Candle != Candles[i])
                    return i;
            }

            return null;
        }
    }

    /// <summary>
    /// Merges fetched candles with stored ones. The later answer counts, except that a fallback's never replaces what the first provider
    /// gave: where the two differ by more than half a percent, the stored one is marked, as is a fetched one that differs so from the close
    /// that a second provider was asked for. The mark stays while the candle does, until a second opinion agrees. What came under another
    /// instrument's name gives way to any answer, and is marked so where there is none. Between imports and providers a setting decides.
    /// </summary>
    public static CandleWindow Merge(
        StoredCandle[] before, StoredCandle[] stored, StoredCandle[] after, ReadOnlySpan<Candle> fetched, ChainResult answer, Portion portion,
        ImportPrecedence precedence)
    {
        var (source, isFallback, incomplete) = (answer.Result.Provider, answer.IsFallback, answer.Result.Incomplete);
        var merged = new SortedList<DateTime, (Candle Candle, string Source, CandleIssues Acquired, StoredCandle? Stored)>(stored.Length + fetched.Length);
        foreach (var known in stored)
            merged[known.Candle.Timestamp] = (known.Candle, known.Source, (known.Issues & Kept) | Doubt(known, portion), known);
        foreach (ref readonly var candle in fetched)
        {
            StoredCandle? known = merged.TryGetValue(candle.Timestamp, out var present) ? present.Stored : null;
            if (known is { } own && StaysBesideImport(own, candle, source, precedence))
            {
                if (ImportSources.IsImport(own.Source))
                    merged[candle.Timestamp] = present with { Acquired = Marked(present.Acquired, Agree(own.Candle.Close, candle.Close)) };
            }
            else if (isFallback && known is { } first && (first.Issues & CandleIssues.FallbackSource) == 0 && first.Source != source
                && !portion.Distrusts(first) && !ImportSources.IsImport(first.Source))
                merged[candle.Timestamp] = present with { Acquired = Marked(present.Acquired, Agree(first.Candle.Close, candle.Close)) };
            else
            {
                var whole = known is { } replaced && ImportSources.IsImport(source)
                    ? ImportedCandles.Complete(candle, replaced.Candle)
                    : KeepExtras(candle, known);
                var acquired = Acquired(whole, source, isFallback, known)
                    | (incomplete.Contains(candle.Timestamp) ? CandleIssues.Incomplete : CandleIssues.None);
                merged[candle.Timestamp] = (whole, source, acquired, known);
            }
        }

        foreach (var (timestamp, close) in answer.OtherCloses)
        {
            if (merged.TryGetValue(timestamp, out var checkedOne))
                merged[timestamp] = checkedOne with { Acquired = Marked(checkedOne.Acquired, Agree(checkedOne.Candle.Close, close)) };
        }

        return Create(before, merged.Values, after);
    }

    /// <summary>What is stored, with nothing new.</summary>
    public static CandleWindow Of(StoredCandle[] before, StoredCandle[] stored, StoredCandle[] after) => Replace(before, stored, after, []);

    /// <summary>
    /// Puts candles that were built of others in the place of those stored. Of others nothing is there to build them of: they stay.
    /// </summary>
    public static CandleWindow Replace(StoredCandle[] before, StoredCandle[] stored, StoredCandle[] after, StoredCandle[] built)
    {
        var merged = new SortedList<DateTime, (Candle Candle, string Source, CandleIssues Acquired, StoredCandle? Stored)>();
        foreach (var known in stored)
            merged[known.Candle.Timestamp] = (known.Candle, known.Source, known.Issues & Kept, known);
        foreach (var candle in built)
        {
            StoredCandle? known = merged.TryGetValue(candle.Candle.Timestamp, out var present) ? present.Stored : null;
            merged[candle.Candle.Timestamp] = (candle.Candle, candle.Source, candle.Issues, known);
        }

        return Create(before, merged.Values, after);
    }

    /// <summary>Whether the unit of the price changes in or beside the window, or one of its candles is on record as in another.</summary>
    public bool ChangesUnit(ScoringContext context) =>
        Array.Exists(_stored, candle => (candle?.Issues & CandleIssues.UnitShift) > 0)
        || CandleScorer.ChangesUnit([.. Before, .. Candles, .. After], context);

    /// <summary>Scores every candle of the window.</summary>
    public StoredCandle[] Score(ScoringContext context)
    {
        var scored = CandleScorer.Score(Before, Candles, After, context);
        var result = new StoredCandle[scored.Length];
        for (var i = 0; i < scored.Length; i++)
        {
            var issues = scored[i].Issues | _acquired[i];
            result[i] = new StoredCandle(Candles[i], Sources[i], issues, ValidationRules.Score(issues));
        }

        return result;
    }

    /// <summary>What of a candle's issues was not on record before.</summary>
    public CandleIssues NewIssues(int index, CandleIssues issues) => issues & ~(_stored[index]?.Issues ?? CandleIssues.None);

    /// <summary>
    /// The range whose gaps the window settles, from the candle before it, or the series' first, to <paramref name="end"/> or the candle
    /// after it.
    /// </summary>
    public (DateTime After, DateTime Before)? Span(DateTime end)
    {
        if (Before.Length == 0 && Candles.Length == 0)
            return null;
        var after = Before.Length > 0 ? Before[^1].Timestamp : Candles[0].Timestamp;
        var last = Candles.Length > 0 ? Candles[^1].Timestamp : after;
        return (after, last >= end ? last : end);
    }

    /// <summary>What is missing within <see cref="Span"/>.</summary>
    public IReadOnlyList<Gap> Gaps(DateTime end, TradingCalendar calendar, BarInterval interval) =>
        Span(end) is { } span
            ? Domain.Quality.Gaps.Find(Candles.Select(candle => candle.Timestamp), span.After.AddTicks(1), span.Before, calendar, interval)
            : [];

    private static CandleWindow Create(
        StoredCandle[] before, IList<(Candle Candle, string Source, CandleIssues Acquired, StoredCandle? Stored)> all,
        StoredCandle[] after) => new(
            [.. before.Select(candle => candle.Candle)],
            [.. all.Select(one => one.Candle)],
            [.. after.Select(candle => candle.Candle)],
            [.. all.Select(one => one.Source)],
            [.. all.Select(one => one.Acquired)],
            [.. all.Select(one => one.Stored)]);

    // An import leaves what it agrees with as it is: undoing it takes nothing away then that was there before.
    private static bool StaysBesideImport(StoredCandle known, in Candle candle, string source, ImportPrecedence precedence)
    {
        if (known.Source == source)
            return false;
        return ImportSources.IsImport(source)
            ? known.Candle == ImportedCandles.Complete(candle, known.Candle)
                || (precedence == ImportPrecedence.Provider && !ImportSources.IsImport(known.Source))
            : ImportSources.IsImport(known.Source) && precedence == ImportPrecedence.Import;
    }

    private static CandleIssues Acquired(in Candle candle, string source, bool isFallback, StoredCandle? known)
    {
        var doubted = known is { } same && same.Source == source && same.Candle == candle
            ? same.Issues & CandleIssues.ProviderDisagreement
            : CandleIssues.None;
        return doubted | (isFallback ? CandleIssues.FallbackSource : CandleIssues.None);
    }

    // The futures market serves its statistics for a month only, so a later answer without them does not remove them.
    private static Candle KeepExtras(in Candle candle, StoredCandle? known) => known is not { Candle: var stored } ? candle : candle with
    {
        OpenInterest = Known(candle.OpenInterest, stored.OpenInterest),
        FundingRate = Known(candle.FundingRate, stored.FundingRate),
        LongShortRatio = Known(candle.LongShortRatio, stored.LongShortRatio),
        LongLiquidations = Known(candle.LongLiquidations, stored.LongLiquidations),
        ShortLiquidations = Known(candle.ShortLiquidations, stored.ShortLiquidations),
    };

    private static double Known(double value, double otherwise) => double.IsNaN(value) ? otherwise : value;

    private static CandleIssues Marked(CandleIssues issues, bool agree) =>
        agree ? issues & ~CandleIssues.ProviderDisagreement : issues | CandleIssues.ProviderDisagreement;

    private static CandleIssues Doubt(StoredCandle known, Portion portion) =>
        portion.Distrusts(known) ? CandleIssues.ProviderDisagreement : CandleIssues.None;

    private static bool Agree(double close, double other) => Math.Abs(other / close - 1) <= ProviderDifference.Tolerance;
}
