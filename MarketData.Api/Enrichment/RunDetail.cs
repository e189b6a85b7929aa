using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>A run with its symbols.</summary>
public sealed record RunDetail
{
    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary>What started it: <c>nightly</c>, <c>manual</c>, <c>startup</c>, <c>backfill</c>, <c>gap</c> or <c>retry</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was put on record, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its first symbol began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When its last symbol ended, UTC.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>Symbols in the run.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Symbols enriched.</summary>
    public required int SymbolsSuccessful { get; init; }

    /// <summary>Symbols that failed for good.</summary>
    public required int SymbolsFailed { get; init; }

    /// <summary>Symbols cancelled.</summary>
    public required int SymbolsCancelled { get; init; }

    /// <summary>Symbols that needed more than one attempt.</summary>
    public required int SymbolsRetried { get; init; }

    /// <summary>Candles that providers sent.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles whose values changed.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary>The run's trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }

    /// <summary>How far it has got.</summary>
    public required RunProgress Progress { get; init; }

    /// <summary>Whether it is open though no node lives.</summary>
    public required bool Stuck { get; init; }

    /// <summary>Its symbols, each with its job.</summary>
    public required IReadOnlyList<JobSummary> Symbols { get; init; }

    internal static RunDetail From(RunSummary run, bool stuck, IReadOnlyList<JobSummary> jobs, DateTime now) => new()
    {
        JobId = run.JobId,
        Trigger = run.Trigger,
        Status = run.Status,
        RequestedBy = run.RequestedBy,
        CreatedAt = run.CreatedAt,
        StartedAt = run.StartedAt,
        CompletedAt = run.CompletedAt,
        SymbolsTotal = run.SymbolsTotal,
        SymbolsSuccessful = run.SymbolsSuccessful,
        SymbolsFailed = run.SymbolsFailed,
        SymbolsCancelled = run.SymbolsCancelled,
        SymbolsRetried = run.SymbolsRetried,
        RecordsFetched = run.RecordsFetched,
        RecordsInserted = run.RecordsInserted,
        RecordsUpdated = run.RecordsUpdated,
        TraceId = run.TraceId,
        Progress = RunProgress.Of(run, now),
        Stuck = stuck,
        Symbols = jobs,
    };
}
