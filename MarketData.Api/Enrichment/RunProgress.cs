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
}
