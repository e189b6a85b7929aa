namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="MetricsReader"/> reads: sums over a window.</summary>
/// <param name="Fetches">Fetches; the one with an empty source is the total, the others are its parts.</param>
/// <param name="Computations">Computations; the one with an empty kind is the total, the others are its parts.</param>
/// <param name="Quality">Quality.</param>
public sealed record MetricRows(IReadOnlyList<SourceTotals> Fetches, IReadOnlyList<ComputeTypeTotals> Computations, QualityTotals Quality);

/// <summary>What was asked of one provider over a window, and the series fetched from it.</summary>
public sealed record SourceTotals
{
    /// <summary>The provider: <c>polygon</c>, <c>alpaca</c>, <c>binance</c>, <c>coinbase</c> or <c>yahoo</c>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// Requests sent, as the provider counts them: of every kind, each page and each attempt, answered or not.
    /// </summary>
    public long RequestsSent { get; init; }

    /// <summary>Requests not made, since the circuit was open.</summary>
    public long NotAsked { get; init; }

    /// <summary>Series fetched: a symbol's interval, or a portion of it, that the provider was asked for.</summary>
    public required long Total { get; init; }

    /// <summary>Those that succeeded.</summary>
    public required long Successful { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Successful ÷ total, 0 to 1; null when there was none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Mean response time of a request that was answered, without waits of our own, milliseconds.</summary>
    public double? AvgResponseTimeMs { get; init; }

    /// <summary>Its 95th percentile, to a tenth, milliseconds.</summary>
    public double? P95ResponseTimeMs { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }
}

/// <summary>Computations of one kind over a window.</summary>
public sealed record ComputeTypeTotals
{
    /// <summary>The kind, such as <c>universal</c> or <c>crypto</c>.</summary>
    public required string ComputeType { get; init; }

    /// <summary>Computations made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that succeeded.</summary>
    public required long Successful { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Successful ÷ total, 0 to 1; null when there was none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Mean time of a computation, milliseconds.</summary>
    public double? AvgComputationTimeMs { get; init; }

    /// <summary>95th percentile of the time of a computation, milliseconds.</summary>
    public double? P95ComputationTimeMs { get; init; }

    /// <summary>Feature values computed.</summary>
    public required long FeaturesComputed { get; init; }
}

/// <summary>Data quality over all active symbols.</summary>
public sealed record QualityTotals
{
    /// <summary>Active symbols.</summary>
    public required long SymbolsTracked { get; init; }

    /// <summary>Mean symbol score, 0 to 1; null when no symbol has one.</summary>
    public double? AvgQualityScore { get; init; }

    /// <summary>Mean share of validated candles, 0 to 1.</summary>
    public double? AvgValidationRate { get; init; }

    /// <summary>Mean share of the expected candles that are there, 0 to 1.</summary>
    public double? AvgDataCompleteness { get; init; }

    /// <summary>Gaps found in the window.</summary>
    public required long GapsDetected { get; init; }

    /// <summary>Price and volume anomalies found in the window.</summary>
    public required long AnomaliesDetected { get; init; }

    /// <summary>Candles rejected in the window.</summary>
    public required long Rejected { get; init; }

    /// <summary>Symbols whose score lies below the minimum (0.85).</summary>
    public required long BelowThreshold { get; init; }
}

/// <summary>What <see cref="MetricsReader"/> reads: sums over time.</summary>
/// <param name="Fetches">Fetches.</param>
/// <param name="Computations">Computations.</param>
/// <param name="Quality">Quality by day.</param>
public sealed record SeriesRows(
    IReadOnlyList<FetchPoint> Fetches, IReadOnlyList<ComputePoint> Computations, IReadOnlyList<QualityPoint> Quality);

/// <summary>Fetches in one stretch of time, from one provider, for one interval.</summary>
public sealed record FetchPoint
{
    /// <summary>Start of the stretch, UTC.</summary>
    public required DateTime Bucket { get; init; }

    /// <summary>The provider.</summary>
    public required string Source { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Series fetched.</summary>
    public required long Total { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Mean response time of a request that was answered for them, milliseconds.</summary>
    public double? AvgResponseTimeMs { get; init; }

    /// <summary>95th percentile, over the series, of the mean response time of their requests, milliseconds.</summary>
    public double? P95ResponseTimeMs { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles rejected.</summary>
    public required long RecordsRejected { get; init; }
}

/// <summary>Feature computations in one stretch of time, of one kind, for one interval.</summary>
public sealed record ComputePoint
{
    /// <summary>Start of the stretch, UTC.</summary>
    public required DateTime Bucket { get; init; }

    /// <summary>The kind, such as <c>universal</c> or <c>crypto</c>.</summary>
    public required string ComputeType { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Computations made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Mean time of a computation, milliseconds.</summary>
    public double? AvgComputationTimeMs { get; init; }

    /// <summary>95th percentile of the time of a computation, milliseconds.</summary>
    public double? P95ComputationTimeMs { get; init; }

    /// <summary>Feature values computed.</summary>
    public required long FeaturesComputed { get; init; }
}

/// <summary>Data quality of one day over all symbols.</summary>
public sealed record QualityPoint
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly MetricDate { get; init; }

    /// <summary>Mean candle score, 0 to 1.</summary>
    public double? AvgQualityScore { get; init; }

    /// <summary>Share of validated candles, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }

    /// <summary>Gaps found.</summary>
    public required long GapsDetected { get; init; }

    /// <summary>Anomalies found.</summary>
    public required long AnomaliesDetected { get; init; }

    /// <summary>Candles rejected.</summary>
    public required long RejectedRecords { get; init; }
}
