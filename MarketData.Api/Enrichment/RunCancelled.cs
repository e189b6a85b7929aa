namespace MarketData.Api.Enrichment;

/// <summary>What cancelling a run came to.</summary>
public sealed record RunCancelled
{
    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The run's status now; it stays <c>running</c> until the symbols being worked on are done.</summary>
    public required string Status { get; init; }

    /// <summary>Queued symbols that were cancelled.</summary>
    public required int SymbolsCancelled { get; init; }

    /// <summary>Symbols that were running and will finish.</summary>
    public required int StillRunning { get; init; }
}
