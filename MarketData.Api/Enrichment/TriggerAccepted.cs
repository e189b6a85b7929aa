namespace MarketData.Api.Enrichment;

/// <summary>A run that is on record and will be worked on.</summary>
public sealed record TriggerAccepted
{
    /// <summary>The run. When every symbol was already in hand: the run of the first of them.</summary>
    public required Guid JobId { get; init; }

    /// <summary><c>queued</c>; or <c>already_running</c> when every symbol was in hand and nothing new was queued.</summary>
    public required string Status { get; init; }

    /// <summary>Symbols that were queued.</summary>
    public required IReadOnlyList<string> SymbolsQueued { get; init; }

    /// <summary>Symbols whose job in hand was joined.</summary>
    public required IReadOnlyList<string> AlreadyRunning { get; init; }
}
