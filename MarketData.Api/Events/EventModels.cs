using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Events;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Events;

/// <summary>Which events to hear, and from where on.</summary>
public sealed record EventsQuery(
    [property: OneOf(EventKinds.Run, EventKinds.Job, EventKinds.Circuit, EventKinds.Scheduler, EventKinds.Quality, EventKinds.Candle)]
    [property: Description("Only events of these kinds.")]
    string[]? Kinds,
    [property: Description("Only events about these symbols: jobs, quality and candles.")] Symbol[]? Symbols,
    [property: Timeframe, Description("No candles and job steps of other intervals than these.")] string[]? Timeframes,
    [property: FromHeader(Name = "Last-Event-ID")]
    [property: Description("The id of the last event that was received: the stream goes on after it, without loss and in the same order. Browsers "
        + "send it by themselves. An id that is none of this stream begins it afresh.")]
    string? LastEventId,
    [property: FromQuery(Name = "last_event_id"), Description("The same, for a client that opens the stream anew and can send no header.")]
    string? LastEventIdInQuery,
    [property: Text(200), Description("A token of `POST /enrichment/events/token`, in place of a key, for browsers.")] string? Token);

/// <summary>What opens the stream in place of a key.</summary>
/// <param name="Token">To be sent as <c>token</c>.</param>
/// <param name="ExpiresAt">Until when a stream can be begun with it, UTC; one that has begun goes on.</param>
public sealed record StreamTokenIssued(string Token, DateTime ExpiresAt);

/// <summary>The event <c>run</c>: a run was made, began, went on or ended.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Trigger">What started it.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="CreatedAt">When it was put on record, UTC.</param>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="CompletedAt">When it ended, UTC.</param>
/// <param name="SymbolsTotal">Symbols in all.</param>
/// <param name="SymbolsSuccessful">Symbols done.</param>
/// <param name="SymbolsFailed">Symbols failed.</param>
/// <param name="SymbolsCancelled">Symbols cancelled.</param>
/// <param name="SymbolsRetried">Symbols that needed more than one attempt.</param>
/// <param name="RecordsInserted">Candles that were new.</param>
/// <param name="RecordsUpdated">Candles whose values changed.</param>
public sealed record RunEvent(
    Guid JobId, string Trigger, string Status, DateTime CreatedAt, DateTime? StartedAt, DateTime? CompletedAt, int SymbolsTotal,
    int SymbolsSuccessful, int SymbolsFailed, int SymbolsCancelled, int SymbolsRetried, long RecordsInserted, long RecordsUpdated);

/// <summary>The event <c>job</c>: a symbol's job was queued, began a step or an attempt, or ended.</summary>
/// <param name="Id">The job's own number.</param>
/// <param name="JobId">The run.</param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>retrying</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Step"><c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</param>
/// <param name="Timeframe">The interval that the step is about.</param>
/// <param name="Attempt">Attempts begun.</param>
/// <param name="DueAt">When it is due, UTC.</param>
/// <param name="StartedAt">When its first attempt began, UTC.</param>
/// <param name="CompletedAt">When it ended, UTC.</param>
/// <param name="ErrorMessage">Why it failed.</param>
/// <param name="TraceId">Its trace.</param>
public sealed record JobEvent(
    long Id, Guid JobId, string Symbol, string Status, string? Step, string? Timeframe, int Attempt, DateTime? DueAt, DateTime? StartedAt,
    DateTime? CompletedAt, string? ErrorMessage, string? TraceId);

/// <summary>The event <c>circuit</c>: a provider's circuit opened or closed on a node.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Node">The node.</param>
/// <param name="From">Its state before: <c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</param>
/// <param name="To">Its state now.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">When, UTC.</param>
public sealed record CircuitEvent(string Provider, string Node, string From, string To, string? Reason, DateTime ChangedAt);

/// <summary>The event <c>scheduler</c>: the cluster was paused or resumed, or its next nightly run was set.</summary>
/// <param name="Paused">Whether new jobs are held back.</param>
/// <param name="ChangedAt">Since when, UTC.</param>
/// <param name="ChangedBy">By whom.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
public sealed record SchedulerEvent(bool Paused, DateTime ChangedAt, string? ChangedBy, DateTime? NextRun);

/// <summary>The event <c>quality</c>: a symbol's status or quality changed. An upgrade that has series judged again says how many, and no symbol.</summary>
public sealed record QualityEvent
{
    /// <summary>The symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>queued</c>, <c>running</c>, <c>retrying</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c> or <c>error</c>.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>Mean score of its candles, 0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>Share of its candles that passed validation, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }

    /// <summary>Candles stored.</summary>
    public long? RecordsAvailable { get; init; }

    /// <summary>When it was last enriched, UTC.</summary>
    public DateTime? LastEnrichmentTime { get; init; }

    /// <summary>Series that an upgrade has judged again.</summary>
    public long? SeriesJudgedAgain { get; init; }

    /// <summary>Symbols whose splits and dividends an upgrade has asked for again.</summary>
    public long? SymbolsAskedAgain { get; init; }
}

/// <summary>The event <c>candle</c>: candles of a symbol were stored or revised, by one write. A long history comes in several.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="JobId">The run; null for what was written outside of one.</param>
/// <param name="Inserted">Candles that are new.</param>
/// <param name="Updated">Candles whose values changed.</param>
/// <param name="From">When the first of them opens, UTC.</param>
/// <param name="Candle">The newest candle of the write.</param>
public sealed record CandleEvent(
    string Symbol, string Timeframe, Guid? JobId, long Inserted, long Updated, DateTime From, CandleEventValues Candle);

/// <summary>A candle as it was stored: prices and volume as traded, not adjusted for splits or dividends.</summary>
/// <param name="Timestamp">When it opens, UTC.</param>
/// <param name="Open">First traded price.</param>
/// <param name="High">Highest traded price.</param>
/// <param name="Low">Lowest traded price.</param>
/// <param name="Close">Last traded price.</param>
/// <param name="Volume">Units traded.</param>
/// <param name="Vwap">The provider's volume-weighted average price.</param>
/// <param name="Source">The provider.</param>
/// <param name="IsValidated">Whether it passed validation.</param>
/// <param name="QualityScore">0 to 1.</param>
public sealed record CandleEventValues(
    DateTime Timestamp, double Open, double High, double Low, double Close, double Volume, double? Vwap, string Source, bool IsValidated,
    double QualityScore);
