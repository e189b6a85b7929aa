using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Domain.Validation;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>What one provider answered for one instrument, interval and range.</summary>
public sealed record FetchResult
{
    /// <summary>Who answered.</summary>
    public required string Provider { get; init; }

    /// <summary>What was asked for.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The bars' interval.</summary>
    public required BarInterval Interval { get; init; }

    /// <summary>
    /// Closed bars in time order, as traded. Two bars with one stamp stay only when they disagree:
    /// validation rejects both as <c>duplicate_conflict</c>.
    /// </summary>
    public required ReadOnlyMemory<Candle> Candles { get; init; }

    /// <summary>Rows that are no candle at all, for <c>rejected_candles</c>.</summary>
    public IReadOnlyList<RejectedBar> Rejected { get; init; } = [];

    /// <summary>The start of the range that the provider could be asked for: later than asked where its history begins later.</summary>
    public required DateTime CoveredFrom { get; init; }

    /// <summary>Rows without prices; gaps to ask for again.</summary>
    public int NullRows { get; init; }

    /// <summary>Bars left out because they had not closed.</summary>
    public int FormingDropped { get; init; }

    /// <summary>Bars left out because they lie outside the regular session.</summary>
    public int OutOfSession { get; init; }

    /// <summary>Bars left out because they lie outside the range asked for.</summary>
    public int OutOfRange { get; init; }

    /// <summary>Repeated bars that agreed and were collapsed into one.</summary>
    public int DuplicatesCollapsed { get; init; }

    /// <summary>The opening instants, UTC, of bars that were built of shorter ones and lack some.</summary>
    public IReadOnlySet<DateTime> Incomplete { get; init; } = new HashSet<DateTime>();

    /// <summary>Longer bars not built because a part was missing or wrong.</summary>
    public int IncompleteBuckets { get; init; }

    /// <summary>Answers read: pages and side requests.</summary>
    public int Requests { get; init; }

    /// <summary>Time the provider took to answer, over all pages, without waiting for permits or between retries.</summary>
    public TimeSpan ResponseTime { get; init; }

    /// <summary>What beside the bars could not be read, each with its place in the answer, in one sentence.</summary>
    public IReadOnlyList<string> Flaws { get; init; } = [];

    /// <summary>
    /// Whether the provider has anything of the range: candles, or bars that are none, still form or lie outside the session.
    /// </summary>
    public bool HasAny => !Candles.IsEmpty || Rejected.Count > 0 || FormingDropped > 0 || OutOfSession > 0;

    /// <summary>The splits and dividends of the range that came with the candles; null where none can.</summary>
    public CorporateActions? Actions { get; init; }

    /// <summary>What the answer told of the instrument, found to be what is on record; null where it told nothing.</summary>
    public InstrumentFacts? Facts { get; init; }

    /// <summary>
    /// What the candles lack that asking again later may bring, such as the funding rate of a futures market that did not answer.
    /// </summary>
    public ProviderException? Shortfall { get; init; }
}
