namespace MarketData.Storage.Dashboard;

/// <summary>Calls to providers over a window.</summary>
public sealed record FetchTotals
{
    /// <summary>Fetches made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that succeeded.</summary>
    public required long Successful { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Successful ÷ total, 0 to 1; null when there was none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Mean response time, milliseconds.</summary>
    public double? AvgResponseTimeMs { get; init; }

    /// <summary>95th percentile of the response time, milliseconds.</summary>
    public double? P95ResponseTimeMs { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }
}
