using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps the status of symbols in step with the series and with time.</summary>
public sealed class SymbolStatusStore(NpgsqlDataSource database)
{
    private const int Portion = 1_000;

    private const string SeriesColumns = """
        SELECT s.symbol, s.asset_class, r.timeframe, r.last_ts, r.records, r.quality_score, r.completeness, r.validation_rate,
               e.unknown_since IS NOT NULL AS is_delisted
        FROM symbols s JOIN series r USING (symbol) LEFT JOIN symbol_status e USING (symbol)
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
            UPDATE symbol_status SET
                health = CASE WHEN unknown_since IS NOT NULL AND @Health = 'stale' THEN 'delisted' ELSE @Health END,
                unknown_since = CASE WHEN @Health = 'stale' THEN unknown_since END,
                last_enrichment_time = now(), last_fetch_success = now(), last_compute_success = now(),
                data_until = @DataUntil, judge_at = @JudgeAt, records_available = @Records, quality_score = @QualityScore,
                validation_rate = @ValidationRate, data_completeness = @Completeness,
                error_message = NULL, error_advice = NULL, updated_at = now()
            WHERE symbol = @Symbol
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var series = await connection.QueryAsync<SeriesFigures>(
            Sql.Command("read series of symbol", $"{SeriesColumns} AND s.symbol = @symbol", new { symbol = symbol.Value }, cancellation));
        // A symbol that was unknown and is no longer late is traded again.
        foreach (var verdict in Judge(series.Select(one => one with { IsDelisted = false }), thresholds, now))
            await connection.ExecuteAsync(Sql.Command("update symbol status", update, verdict, cancellation));
    }

    /// <summary>Has all symbols judged anew, for what counts as too low may have changed.</summary>
    public Task JudgeAllAgainAsync(CancellationToken cancellation) => database.ExecuteAsync(
        "have all symbols judged", "UPDATE symbol_status SET judge_at = '-infinity'", null, cancellation);

    /// <summary>
    /// Judges anew the symbols whose judgement may have changed with time, such as one that nobody enriches and that becomes stale; each by one
    /// of the nodes that look. A failed job's error stays.
    /// </summary>
    /// <returns>How many were judged.</returns>
    public async Task<int> JudgeDueAsync(QualityThresholds thresholds, DateTime now, CancellationToken cancellation)
    {
        // A symbol whose row is locked is skipped: the transaction that locks it judges it anew.
        const string due = """
            SELECT symbol FROM symbol_status WHERE judge_at <= @now ORDER BY judge_at LIMIT @Portion FOR UPDATE SKIP LOCKED
            """;
        const string update = """
            UPDATE symbol_status e SET
                judge_at = v.judge_at, data_until = coalesce(v.data_until, e.data_until),
                health = CASE WHEN e.health = 'error' THEN e.health ELSE coalesce(v.health, e.health) END,
                status = CASE WHEN e.status = e.health AND e.health <> 'error' THEN coalesce(v.health, e.status) ELSE e.status END
            FROM unnest(@due) AS d (symbol)
            LEFT JOIN unnest(@symbols, @health, @until, @judge) AS v (symbol, health, data_until, judge_at) USING (symbol)
            WHERE e.symbol = d.symbol
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var judged = 0;
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var symbols = (await connection.QueryAsync<string>(
                Sql.Command("claim symbols to judge", due, new { now, Portion }, cancellation, transaction))).ToArray();
            if (symbols.Length == 0)
                return judged;
            var series = await connection.QueryAsync<SeriesFigures>(Sql.Command(
                "read series of symbols", $"{SeriesColumns} AND s.active AND s.symbol = ANY (@symbols)", new { symbols }, cancellation, transaction));
            var verdicts = Judge(series, thresholds, now).ToList();
            var arguments = new
            {
                due = symbols,
                symbols = verdicts.Select(verdict => verdict.Symbol).ToArray(),
                health = verdicts.Select(verdict => verdict.Health).ToArray(),
                until = verdicts.Select(verdict => verdict.DataUntil).ToArray(),
                judge = verdicts.Select(verdict => verdict.JudgeAt).ToArray(),
            };
            await connection.ExecuteAsync(Sql.Command("judge symbols", update, arguments, cancellation, transaction));
            await transaction.CommitAsync(cancellation);
            judged += symbols.Length;
        }
    }

    private static IEnumerable<Verdict> Judge(IEnumerable<SeriesFigures> series, QualityThresholds thresholds, DateTime now) =>
        series.GroupBy(one => (one.Symbol, one.AssetClass))
            .Select(group => Judge(group.Key.Symbol, group.Key.AssetClass, [.. group], thresholds, now));

    // A symbol is as healthy as its worst series; its figures weigh each series by its candles.
    private static Verdict Judge(
        string symbol, string assetClass, IReadOnlyList<SeriesFigures> series, QualityThresholds thresholds, DateTime now)
    {
        var calendar = TradingCalendar.For(new Instrument(Domain.Candles.Symbol.Parse(symbol), AssetClassNames.Parse(assetClass)));
        var health = series.Max(one => SeriesHealth.Judge(
            one.QualityScore, one.Completeness, one.LastTs, now, calendar, BarIntervals.Parse(one.Timeframe), thresholds, one.IsDelisted));
        var stored = series.Where(one => one.LastTs is not null)
            .Select(one => (Last: one.LastTs!.Value, Interval: BarIntervals.Parse(one.Timeframe)))
            .ToList();
        return new Verdict(
            symbol,
            health.ToString().ToLowerInvariant(),
            stored.Max(one => (DateTime?)calendar.CloseOf(one.Last, one.Interval)),
            stored.Min(one => SeriesHealth.ChangesAt(one.Last, now, calendar, one.Interval)),
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

        public bool IsDelisted { get; init; }
    }

    private sealed record Verdict(
        string Symbol, string Health, DateTime? DataUntil, DateTime? JudgeAt, long Records, double? QualityScore, double? ValidationRate, double? Completeness);
}
