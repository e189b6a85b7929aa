using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>Calls to providers over a window, in all and by provider.</summary>
public sealed record FetchPipeline
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

    /// <summary>The same by provider.</summary>
    public required IReadOnlyList<SourceTotals> BySource { get; init; }

    // The row without a source is the total.
    internal static FetchPipeline From(IReadOnlyList<SourceTotals> rows)
    {
        var total = rows.Single(row => row.Source.Length == 0);
        return new()
        {
            Total = total.Total,
            Successful = total.Successful,
            Failed = total.Failed,
            SuccessRate = total.SuccessRate,
            AvgResponseTimeMs = total.AvgResponseTimeMs,
            P95ResponseTimeMs = total.P95ResponseTimeMs,
            RecordsFetched = total.RecordsFetched,
            RecordsInserted = total.RecordsInserted,
            BySource = [.. rows.Where(row => row.Source.Length > 0)],
        };
    }
}
