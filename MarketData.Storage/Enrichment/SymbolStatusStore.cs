using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps <c>enrichment_status</c> in step with the series and with time.</summary>
public sealed class SymbolStatusStore(NpgsqlDataSource database)
{
    private const string SeriesColumns = """
        SELECT s.symbol, s.asset_class, r.timeframe, r.last_ts, r.records, r.quality_score, r.completeness, r.validation_rate
        FROM symbols s JOIN series r USING (symbol)
        WHERE r.timeframe = ANY (s.timeframes)
        """;

    /// <summary>Judges a symbol anew after one of its intervals was stored.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="thresholds">What is too low.</param>
    /// <param name="now">The instant of the judgement, UTC.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task StoredAsync(Symbol symbol, QualityThresholds thresholds, DateTime now, CancellationToken cancellation)
    {
        const string update = """
            UPDATE enrichment_status SET
                health = @Health, last_enrichment_time = now(), last_fetch_success = now(), last_compute_success = now(),
                data_age_seconds = @AgeSeconds, records_available = @Records, quality_score = @QualityScore,
                validation_rate = @ValidationRate, data_completeness = @Completeness,
                error_message = NULL, error_advice = NULL, updated_at = now()
            WHERE symbol = @Symbol
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var series = await connection.QueryAsync<SeriesFigures>(
            Sql.Command("read series of symbol", $"{SeriesColumns} AND s.symbol = @symbol", new { symbol = symbol.Value }, cancellation));
        foreach (var verdict in Judge(series, thresholds, now))
            await connection.ExecuteAsync(Sql.Command("update symbol status", update, verdict, cancellation));
    }

    /// <summary>Updates the age of all symbols' data; healthy symbols become stale by it. A failed job's error stays.</summary>
    public async Task AgeAsync(QualityThresholds thresholds, DateTime now, CancellationToken cancellation)
    {
        // A symbol whose row is locked is skipped: the transaction that locks it judges it anew.
        const string update = """
            WITH idle AS (SELECT symbol FROM enrichment_status WHERE symbol = ANY (@symbols) FOR UPDATE SKIP LOCKED)
            UPDATE enrichment_status e SET
                data_age_seconds = v.age_seconds,
                health = CASE WHEN e.health = 'error' THEN e.health ELSE v.health END,
                status = CASE WHEN e.status = e.health AND e.health <> 'error' THEN v.health ELSE e.status END
            FROM idle JOIN unnest(@symbols, @health, @ages) AS v (symbol, health, age_seconds) USING (symbol)
            WHERE e.symbol = v.symbol AND (e.health <> v.health OR e.data_age_seconds IS DISTINCT FROM v.age_seconds)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var series = await connection.QueryAsync<SeriesFigures>(
            Sql.Command("read active series", $"{SeriesColumns} AND s.active", null, cancellation));
        var verdicts = Judge(series, thresholds, now).ToList();
        var arguments = new
        {
            symbols = verdicts.Select(verdict => verdict.Symbol).ToArray(),
            health = verdicts.Select(verdict => verdict.Health).ToArray(),
            ages = verdicts.Select(verdict => verdict.AgeSeconds).ToArray(),
        };
        await connection.ExecuteAsync(Sql.Command("age symbol statuses", update, arguments, cancellation));
    }

    private static IEnumerable<Verdict> Judge(IEnumerable<SeriesFigures> series, QualityThresholds thresholds, DateTime now) =>
        series.GroupBy(one => (one.Symbol, one.AssetClass))
            .Select(group => Judge(group.Key.Symbol, group.Key.AssetClass, [.. group], thresholds, now));

    // A symbol is as healthy as its worst series; its figures weigh each series by its candles.
    private static Verdict Judge(
        string symbol, string assetClass, IReadOnlyList<SeriesFigures> series, QualityThresholds thresholds, DateTime now)
    {
        var calendar = TradingCalendar.For(AssetClassNames.Parse(assetClass));
        var health = series.Max(one => SeriesHealth.Judge(
            one.QualityScore, one.Completeness, one.LastTs, now, calendar, BarIntervals.Parse(one.Timeframe), thresholds));
        var ages = series.Where(one => one.LastTs is not null)
            .Select(one => (double?)(now - calendar.CloseOf(one.LastTs!.Value, BarIntervals.Parse(one.Timeframe))).TotalSeconds);
        return new Verdict(
            symbol,
            health.ToString().ToLowerInvariant(),
            ages.Min(),
            series.Sum(one => one.Records),
            Mean(series, one => one.QualityScore),
            Mean(series, one => one.ValidationRate),
            Mean(series, one => one.Completeness));
    }

    private static double? Mean(IReadOnlyList<SeriesFigures> series, Func<SeriesFigures, double?> figure)
    {
        var known = series.Where(one => one.Records > 0 && figure(one) is not null).ToList();
        return known.Count == 0 ? null : known.Sum(one => figure(one)!.Value * one.Records) / known.Sum(one => one.Records);
    }

    private sealed record SeriesFigures
    {
        public required string Symbol { get; init; }

        public required string AssetClass { get; init; }

        public required string Timeframe { get; init; }

        public DateTime? LastTs { get; init; }

        public long Records { get; init; }

        public double? QualityScore { get; init; }

        public double? Completeness { get; init; }

        public double? ValidationRate { get; init; }
    }

    private sealed record Verdict(
        string Symbol, string Health, double? AgeSeconds, long Records, double? QualityScore, double? ValidationRate, double? Completeness);
}
