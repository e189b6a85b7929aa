namespace MarketData.Storage.Enrichment;

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
}

/// <summary>How fast enrichment has been lately, to reckon with.</summary>
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
