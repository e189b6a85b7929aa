using MarketData.Api.Enrichment;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Symbols;

/// <summary>A tracked symbol with status, quality and coverage.</summary>
public sealed record DetailedSymbol
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>Its name, when known.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is enriched.</summary>
    public required bool Active { get; init; }

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

    /// <summary>When it was last enriched, UTC.</summary>
    public DateTime? LastEnrichmentTime { get; init; }

    /// <summary>When the next attempt is due, UTC.</summary>
    public DateTime? NextRetryAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }

    /// <summary>What is stored, by interval.</summary>
    public required IReadOnlyList<TimeframeCoverage> Timeframes { get; init; }

    /// <summary>Daily quality (mean candle score × completeness) of the last days, oldest first, null where a day has none; only with <c>history_days</c>.</summary>
    public IReadOnlyList<double?>? QualityHistory { get; init; }

    internal static DetailedSymbol From(SymbolStatus status, IEnumerable<SeriesCoverage> coverage, IReadOnlyList<double?>? history) => new()
    {
        Symbol = status.Symbol,
        AssetClass = status.AssetClass,
        Name = status.Name,
        Active = status.Active,
        Status = status.Status,
        QualityScore = status.QualityScore,
        ValidationRate = status.ValidationRate,
        DataCompleteness = status.DataCompleteness,
        DataAgeSeconds = status.DataAgeSeconds,
        RecordsAvailable = status.RecordsAvailable,
        LastEnrichmentTime = status.LastEnrichmentTime,
        NextRetryAt = status.NextRetryAt,
        LastError = status.ErrorMessage,
        Timeframes = [.. coverage.Select(TimeframeCoverage.From)],
        QualityHistory = history,
    };
}
