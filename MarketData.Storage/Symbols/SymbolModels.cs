namespace MarketData.Storage.Symbols;

/// <summary>A symbol that the system follows.</summary>
public sealed record TrackedSymbol
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>Its name, when known.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is enriched; an inactive symbol keeps its data.</summary>
    public required bool Active { get; init; }

    /// <summary>The intervals to enrich.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>When it was added, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>Who last confirmed a fact of an instrument's record.</summary>
public sealed record ConfirmedFact
{
    /// <summary>The fact, such as <c>exchange</c>.</summary>
    public required string Fact { get; init; }

    /// <summary>A provider, <c>rule</c> for what follows from the symbol's name, or a person.</summary>
    public required string ConfirmedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime ConfirmedAt { get; init; }
}

/// <summary>What came of deleting a symbol with its data.</summary>
/// <param name="IsBusy">True: a job of it is queued or running, so that it was not deleted.</param>
/// <param name="CandlesDeleted">Candles deleted.</param>
public sealed record PurgeResult(bool IsBusy, long CandlesDeleted);
