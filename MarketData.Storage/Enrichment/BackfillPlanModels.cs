namespace MarketData.Storage.Enrichment;

/// <summary>What a backfill would take, estimated from what each provider serves and how often it may be asked; nothing was asked for it.</summary>
/// <param name="Symbols">Symbols that it concerns.</param>
/// <param name="Series">Series: each symbol's intervals, weeks that are built of days left out.</param>
/// <param name="Candles">Candles that the calendars expect in what is served, 0 or more.</param>
/// <param name="Requests">Requests to providers, 0 or more, those for splits, dividends and cross-checks among them.</param>
/// <param name="Seconds">How long it would take with nothing else to do, seconds.</param>
/// <param name="LimitedBy">The provider whose limit of requests a minute makes it take so long; null where it is the work itself.</param>
/// <param name="Places">Symbols that the live nodes work on at once.</param>
/// <param name="Intervals">The same by interval, the shortest first.</param>
/// <param name="Providers">The same by provider, the one with the most requests first.</param>
public sealed record BackfillPlan(
    int Symbols, int Series, long Candles, long Requests, double Seconds, string? LimitedBy, int Places, IReadOnlyList<PlannedInterval> Intervals,
    IReadOnlyList<PlannedProvider> Providers)
{
    /// <summary>Of the requests those for splits, dividends and changes of name, 0 or more.</summary>
    public long ActionRequests { get; init; }

    /// <summary>Of the requests those by which a second provider's candles are compared, 0 or more.</summary>
    public long CrossCheckRequests { get; init; }
}

/// <summary>What of a backfill is of one interval.</summary>
/// <param name="Timeframe">The interval.</param>
/// <param name="Series">Series, those without anything to fetch included.</param>
/// <param name="From">The earliest instant that is fetched, UTC; null where nothing is.</param>
/// <param name="To">The end of what is fetched, UTC, exclusive; null where nothing is.</param>
/// <param name="Candles">Candles expected.</param>
/// <param name="Requests">Requests for candles.</param>
/// <param name="Shortened">Series of which no provider serves the beginning of what was asked for, though they may have been listed by then.</param>
/// <param name="ServedFrom">Of these the instant from which on most is served, UTC; null where there is none.</param>
/// <param name="Empty">Series of which nothing is to be had: not served, not listed by then, or not kept.</param>
public sealed record PlannedInterval(
    string Timeframe, int Series, DateTime? From, DateTime? To, long Candles, long Requests, int Shortened, DateTime? ServedFrom, int Empty);

/// <summary>What of a backfill is one provider's to answer.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Requests">Requests.</param>
/// <param name="RequestsPerMinute">Requests that it may be asked a minute by the whole cluster.</param>
/// <param name="Seconds">How long its limits make them take, seconds; 0 where they may all be made at once.</param>
/// <param name="CircuitState">Its circuit on the node that planned: <c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</param>
/// <param name="BlockedUntil">Until when it is left alone, by its own word, UTC; null while it may be asked.</param>
public sealed record PlannedProvider(
    string Provider, long Requests, int RequestsPerMinute, double Seconds, string CircuitState, DateTime? BlockedUntil);

/// <summary>A symbol that a backfill would concern, with what limits its history.</summary>
public sealed record PlannedSymbol
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class, such as <c>stock</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The intervals asked for, the days of weeks among them.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>The first day that it was traded, where known.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The first day of its history, where a person cut that.</summary>
    public DateOnly? HistoryFrom { get; init; }

    /// <summary>Whether its splits and dividends are due to be asked for.</summary>
    public bool AreActionsDue { get; init; }

    /// <summary>Whether the names that providers have listed it under are due to be asked for.</summary>
    public bool AreNamesDue { get; init; }
}

/// <summary>How fast enrichment has been lately, to estimate by.</summary>
public sealed record WorkPace
{
    /// <summary>Symbols that the live nodes work on at once; 0 where none is live.</summary>
    public required int Places { get; init; }

    /// <summary>What a request took on average over the last seven days, milliseconds, by provider; none of whom nothing was asked.</summary>
    public required IReadOnlyDictionary<string, double> LatencyMs { get; init; }
}

/// <summary>A question for the cost of a backfill that waits for an answer.</summary>
/// <param name="Id">The question's own id.</param>
/// <param name="Request">The backfill.</param>
public sealed record PendingPlan(Guid Id, RunRequest Request);

/// <summary>A backfill that was begun and not estimated yet.</summary>
/// <param name="Id">The backfill.</param>
/// <param name="From">Start of its range, UTC, inclusive.</param>
/// <param name="To">End of its range, UTC, exclusive.</param>
public sealed record BegunBackfill(Guid Id, DateTime From, DateTime To);
