namespace MarketData.Storage.Dashboard;

/// <summary>A backfill as a list shows it.</summary>
public record BackfillSummary
{
    /// <summary>The backfill: the id of the run that began it.</summary>
    public required Guid Id { get; init; }

    /// <summary>Start of its range, UTC, inclusive.</summary>
    public required DateTime From { get; init; }

    /// <summary>End of its range, UTC, exclusive.</summary>
    public required DateTime To { get; init; }

    /// <summary>Who asked for it, when somebody did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its newest run ended, UTC; null while that goes on.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>
    /// <c>queued</c>, <c>running</c>, <c>completed</c>, <c>partial</c> (some series are complete), <c>failed</c> or <c>cancelled</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Up to ten of its symbols, in alphabetical order.</summary>
    public required string[] Symbols { get; init; }

    /// <summary>How many symbols it has.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Its intervals, the shortest first.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>Its series: each symbol's intervals.</summary>
    public required int SeriesTotal { get; init; }

    /// <summary>Series of which everything is stored.</summary>
    public required int SeriesCompleted { get; init; }

    /// <summary>Series that failed, and of which no run tries the rest.</summary>
    public required int SeriesFailed { get; init; }

    /// <summary>Series that were cancelled before they were complete.</summary>
    public required int SeriesCancelled { get; init; }

    /// <summary>How much of all series' time is stored, 0 to 1.</summary>
    public required double Progress { get; init; }
}

/// <summary>One series of a backfill.</summary>
public sealed record BackfillPart
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary><c>waiting</c>, <c>running</c>, <c>retrying</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Start of what is fetched, UTC; null until it has begun.</summary>
    public DateTime? From { get; init; }

    /// <summary>End of what is fetched, UTC; null until it has begun.</summary>
    public DateTime? To { get; init; }

    /// <summary>Everything before this instant is stored, UTC; null where nothing is.</summary>
    public DateTime? Reached { get; init; }

    /// <summary>The newest job that worked on it.</summary>
    public required long JobId { get; init; }

    /// <summary>Attempts of that job.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why it failed, when it did.</summary>
    public string? Error { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? Advice { get; init; }
}

/// <summary>A run of a backfill.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Status">Its status.</param>
/// <param name="RequestedBy">Who asked for it, when somebody did.</param>
/// <param name="CreatedAt">When it was put on record, UTC.</param>
/// <param name="StartedAt">When it began, UTC; null while it has not.</param>
/// <param name="CompletedAt">When it ended, UTC; null while it goes on.</param>
/// <param name="RecordsFetched">Candles that providers sent.</param>
/// <param name="RecordsInserted">Candles that were new.</param>
/// <param name="RecordsUpdated">Candles whose values changed.</param>
/// <param name="ProgressBefore">How much of the backfill was stored when it was asked for, 0 to 1; null for the first.</param>
public sealed record BackfillRun(
    Guid JobId, string Status, string? RequestedBy, DateTime CreatedAt, DateTime? StartedAt, DateTime? CompletedAt, long RecordsFetched,
    long RecordsInserted, long RecordsUpdated, double? ProgressBefore);

/// <summary>What a backfill has taken so far, over all its runs.</summary>
/// <param name="Requests">Requests to providers, 0 or more, those that failed among them; the last second of a node that was killed may be missing.</param>
/// <param name="Seconds">How long its runs have been at work, seconds; when two were so at once, once.</param>
/// <param name="Providers">The requests by provider, the one with the most first.</param>
public sealed record BackfillSpent(long Requests, double Seconds, IReadOnlyList<SpentRequests> Providers);

/// <summary>Requests that a backfill made to one provider.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Requests">Requests.</param>
public sealed record SpentRequests(string Provider, long Requests);
