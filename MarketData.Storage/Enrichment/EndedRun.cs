namespace MarketData.Storage.Enrichment;

/// <summary>A run whose last job has just ended.</summary>
public sealed record EndedRun
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Why it existed, such as <c>nightly</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary><c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string RunStatus { get; init; }

    /// <summary>Symbols in it.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Symbols that succeeded.</summary>
    public required int SymbolsSuccessful { get; init; }

    /// <summary>Symbols that failed for good.</summary>
    public required int SymbolsFailed { get; init; }

    /// <summary>Symbols cancelled before they began.</summary>
    public required int SymbolsCancelled { get; init; }

    /// <summary>Symbols that needed more than one attempt.</summary>
    public required int SymbolsRetried { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles that were revised.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary>From the first claim to the end, seconds.</summary>
    public required double DurationSeconds { get; init; }
}
