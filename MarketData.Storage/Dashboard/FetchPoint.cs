namespace MarketData.Storage.Dashboard;

/// <summary>Fetches in one stretch of time, from one provider, for one interval.</summary>
public sealed record FetchPoint
{
    /// <summary>Start of the stretch, UTC.</summary>
    public required DateTime Bucket { get; init; }

    /// <summary>The provider.</summary>
    public required string Source { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Fetches made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Mean response time, milliseconds.</summary>
    public double? AvgResponseTimeMs { get; init; }

    /// <summary>95th percentile of the response time, milliseconds.</summary>
    public double? P95ResponseTimeMs { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles rejected.</summary>
    public required long RecordsRejected { get; init; }
}
