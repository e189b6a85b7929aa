namespace MarketData.Web.Api;

/// <summary>Fetching, computing and data quality over a window.</summary>
public sealed record PipelineMetrics(
    string Window, FetchPipeline FetchPipeline, ComputePipeline ComputePipeline, QualityTotals DataQuality);

/// <summary>Fetches over the window.</summary>
public sealed record FetchPipeline(
    long Total, long Successful, long Failed, double? SuccessRate, double? AvgResponseTimeMs, double? P95ResponseTimeMs,
    long RecordsFetched, long RecordsInserted, IReadOnlyList<SourceTotals> BySource)
{
    /// <summary>Requests sent, as the providers count them.</summary>
    public long RequestsSent { get; init; }

    /// <summary>Requests not made, since a circuit was open.</summary>
    public long NotAsked { get; init; }
}

/// <summary>Fetches from one provider.</summary>
public sealed record SourceTotals(
    string Source, long Total, long Successful, long Failed, double? SuccessRate, double? AvgResponseTimeMs, double? P95ResponseTimeMs,
    long RecordsFetched, long RecordsInserted)
{
    /// <summary>Requests sent, as the provider counts them.</summary>
    public long RequestsSent { get; init; }

    /// <summary>Requests not made, since the circuit was open.</summary>
    public long NotAsked { get; init; }
}

/// <summary>Computations over the window.</summary>
public sealed record ComputePipeline(
    long Total, long Successful, long Failed, double? SuccessRate, double? AvgComputationTimeMs, double? P95ComputationTimeMs,
    long FeaturesComputed, IReadOnlyList<ComputeTypeTotals> ByType);

/// <summary>Computations of one kind.</summary>
public sealed record ComputeTypeTotals(
    string ComputeType, long Total, long Successful, long Failed, double? SuccessRate, double? AvgComputationTimeMs,
    double? P95ComputationTimeMs, long FeaturesComputed);

/// <summary>Data quality over all tracked symbols.</summary>
public sealed record QualityTotals(
    long SymbolsTracked, double? AvgQualityScore, double? AvgValidationRate, double? AvgDataCompleteness, long GapsDetected,
    long AnomaliesDetected, long Rejected, long BelowThreshold);

/// <summary>The same over time, in buckets of equal length.</summary>
public sealed record MetricSeries(
    string Window, int BucketSeconds, IReadOnlyList<FetchPoint> Fetch, IReadOnlyList<ComputePoint> Compute, IReadOnlyList<QualityPoint> Quality);

/// <summary>Fetches from one provider and interval in one bucket.</summary>
public sealed record FetchPoint(
    DateTimeOffset Bucket, string Source, string Timeframe, long Total, long Failed, double? AvgResponseTimeMs, double? P95ResponseTimeMs,
    long RecordsFetched, long RecordsInserted, long RecordsRejected);

/// <summary>Computations of one kind and interval in one bucket.</summary>
public sealed record ComputePoint(
    DateTimeOffset Bucket, string ComputeType, string Timeframe, long Total, long Failed, double? AvgComputationTimeMs,
    double? P95ComputationTimeMs, long FeaturesComputed);

/// <summary>Quality of one day's data over all symbols.</summary>
public sealed record QualityPoint(
    DateOnly MetricDate, double? AvgQualityScore, double? ValidationRate, double? DataCompleteness, long GapsDetected,
    long AnomaliesDetected, long RejectedRecords);
