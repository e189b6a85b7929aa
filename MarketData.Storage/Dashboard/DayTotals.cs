namespace MarketData.Storage.Dashboard;

/// <summary>What the last 24 hours brought.</summary>
public sealed record DayTotals
{
    /// <summary>Runs begun.</summary>
    public required long Runs { get; init; }

    /// <summary>Symbols enriched in them.</summary>
    public required long JobsCompleted { get; init; }

    /// <summary>Symbols that failed in them.</summary>
    public required long JobsFailed { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }
}
