using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>What is known of one symbol's enrichment.</summary>
public sealed record JobStatus
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary><c>pending</c>, <c>queued</c>, <c>running</c>, <c>retrying</c>, <c>healthy</c>, <c>warning</c>, <c>stale</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Mean candle score × completeness, 0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>Share of validated candles, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }

    /// <summary>Age of the newest candle, seconds.</summary>
    public double? DataAgeSeconds { get; init; }

    /// <summary>Candles stored, over all intervals.</summary>
    public required long RecordsAvailable { get; init; }

    /// <summary>When candles were last fetched, UTC.</summary>
    public DateTime? LastFetchSuccess { get; init; }

    /// <summary>When features were last computed, UTC.</summary>
    public DateTime? LastComputeSuccess { get; init; }

    /// <summary>When it was last enriched, UTC.</summary>
    public DateTime? LastEnrichmentTime { get; init; }

    /// <summary>Attempts that failed in the job in hand.</summary>
    public required int RetryCount { get; init; }

    /// <summary>When the next attempt is due, UTC.</summary>
    public DateTime? NextRetryAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The job in hand.</summary>
    public CurrentJob? CurrentJob { get; init; }

    /// <summary>What is stored, by interval.</summary>
    public required IReadOnlyList<TimeframeCoverage> Timeframes { get; init; }

    internal static JobStatus From(SymbolStatus status, CurrentJob? job, IEnumerable<SeriesCoverage> coverage) => new()
    {
        Symbol = status.Symbol,
        AssetClass = status.AssetClass,
        Status = status.Status,
        QualityScore = status.QualityScore,
        ValidationRate = status.ValidationRate,
        DataCompleteness = status.DataCompleteness,
        DataAgeSeconds = status.DataAgeSeconds,
        RecordsAvailable = status.RecordsAvailable,
        LastFetchSuccess = status.LastFetchSuccess,
        LastComputeSuccess = status.LastComputeSuccess,
        LastEnrichmentTime = status.LastEnrichmentTime,
        RetryCount = status.RetryCount,
        NextRetryAt = status.NextRetryAt,
        LastError = status.ErrorMessage,
        ErrorAdvice = status.ErrorAdvice,
        CurrentJob = job,
        Timeframes = [.. coverage.Select(TimeframeCoverage.From)],
    };
}
