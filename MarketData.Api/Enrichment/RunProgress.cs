using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>How far a run has got.</summary>
public sealed record RunProgress
{
    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary>What started it.</summary>
    public required string Trigger { get; init; }

    /// <summary>When it began, UTC; null while it is queued.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>Symbols done, failed or cancelled.</summary>
    public required int Done { get; init; }

    /// <summary>Symbols in all.</summary>
    public required int Total { get; init; }

    /// <summary>Symbols a minute since it began; null until one is done.</summary>
    public double? SymbolsPerMinute { get; init; }

    /// <summary>When it will end at that rate, UTC.</summary>
    public DateTime? EstimatedCompletion { get; init; }

    internal static RunProgress Of(RunSummary run, DateTime now)
    {
        var done = run.SymbolsSuccessful + run.SymbolsFailed + run.SymbolsCancelled;
        double? minutes = run.StartedAt is { } started ? ((run.CompletedAt ?? now) - started).TotalMinutes : null;
        double? pace = done > 0 && minutes > 0 ? done / minutes : null;
        return new()
        {
            JobId = run.JobId,
            Trigger = run.Trigger,
            StartedAt = run.StartedAt,
            Done = done,
            Total = run.SymbolsTotal,
            SymbolsPerMinute = pace,
            EstimatedCompletion = run.CompletedAt ?? (pace is { } rate ? now.AddMinutes((run.SymbolsTotal - done) / rate) : null),
        };
    }
}
