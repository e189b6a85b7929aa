using System.Globalization;
using System.Text;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Forgets old candles with all that is known about them, and says when TimescaleDB compresses those that stay.</summary>
public sealed class CandleRetention(NpgsqlDataSource database)
{
    // Under the symbol's lock, so that nobody writes what is being summed up. Of the interval's tables, {0} and {1}; what follows from the
    // candles, {2}, goes with them.
    private const string Forget = $$"""
        {{SeriesWriter.Begin}}
        SET LOCAL statement_timeout = '10min';
        DELETE FROM candle_revisions WHERE symbol = @symbol AND timeframe = @timeframe AND ts < @before;
        DELETE FROM rejected_candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts < @before;
        DELETE FROM gaps WHERE symbol = @symbol AND timeframe = @timeframe AND gap_start < @before;
        DELETE FROM data_quality_metrics WHERE symbol = @symbol AND timeframe = @timeframe AND metric_date < (@before AT TIME ZONE 'UTC')::date;
        DELETE FROM cross_checks WHERE symbol = @symbol AND timeframe = @timeframe AND day < (@before AT TIME ZONE 'UTC')::date;
        DELETE FROM price_level_marks WHERE series_id = @seriesId AND ts < @before;
        DELETE FROM {1} WHERE series_id = @seriesId AND ts < @before;
        WITH forgotten AS (DELETE FROM {0} WHERE series_id = @seriesId AND ts < @before RETURNING 1)
        SELECT count(*) FROM forgotten;
        {2}
        UPDATE series s SET first_ts = (SELECT min(ts) FROM {0} WHERE series_id = @seriesId),
            provisional_from = CASE WHEN s.provisional_from < @before THEN @before ELSE s.provisional_from END,
            {{QualityRows.SumsOfDates}};
        """;

    // What is first now has nothing before it that it could differ from. Of the interval's table, {0}; the issues that are about what is before, {1},
    // the bit of what counts as validated, {2}, and the issues that are anomalies, {3}.
    private const string BeginAnew = $$"""
        {{SeriesWriter.Begin}}
        DELETE FROM price_level_marks m USING series s
        WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND m.series_id = s.id AND m.ts = s.first_ts;
        UPDATE {0} b SET issues = (b.issues & ~({1} | {2}) | CASE WHEN b.issues & ~({1} | {2}) = 0 THEN {2} ELSE b.issues & {2} END)::smallint
        FROM series s WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND b.series_id = s.id AND b.ts = s.first_ts AND b.issues & {1} <> 0;
        UPDATE data_quality_metrics m SET
            validated_records = d.validated, validation_rate = d.validated::float8 / d.total, anomalies_detected = d.anomalies,
            avg_quality_score = d.score, updated_at = now()
        FROM (
            SELECT date_bin('1 day', s.first_ts, '2000-01-01Z') AS day, count(*) AS total, count(*) FILTER (WHERE b.issues & {2} <> 0)::integer AS validated,
                   count(*) FILTER (WHERE b.issues & {3} <> 0)::integer AS anomalies, avg(candle_score(b.issues)) AS score
            FROM series s JOIN {0} b ON b.series_id = s.id AND b.ts >= s.first_ts
                AND b.ts < date_bin('1 day', s.first_ts, '2000-01-01Z') + interval '1 day'
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe GROUP BY 1) d
        WHERE m.symbol = @symbol AND m.timeframe = @timeframe AND m.metric_date = (d.day AT TIME ZONE 'UTC')::date;
        UPDATE series s SET {{QualityRows.SumsOfDates}};
        {{BulkMarks.All}}
        """;

    private const CandleIssues AboutBefore =
        CandleIssues.PriceAnomaly | CandleIssues.SuspectedSplit | CandleIssues.VolumeAnomaly | CandleIssues.FlatRepeat | CandleIssues.GapBefore
        | CandleIssues.UnitShift | CandleIssues.PossibleTickerReuse;

    private static readonly CompositeFormat BeginAnewFormat = CompositeFormat.Parse(BeginAnew);

    private static readonly CompositeFormat ForgetFormat = CompositeFormat.Parse(Forget);

    private const int Portion = 50_000;

    // A portion that decompresses its candles first may take longer than others wait for a statement.
    private static readonly TimeSpan PortionTimeout = TimeSpan.FromMinutes(10);

    private const string Compress = """
        SELECT remove_compression_policy(name::regclass, if_exists => true) FROM unnest(@outdated) AS name;
        SELECT add_compression_policy(name::regclass, make_interval(days => @days)) FROM unnest(@outdated) AS name WHERE @days::integer IS NOT NULL;
        """;

    /// <summary>
    /// Forgets the candles of an interval that opened before an instant, in portions of a series, with their revisions, rejects, gaps and
    /// daily quality, and backfills of that time; then drops the partitions that this left empty.
    /// </summary>
    /// <param name="interval">The interval.</param>
    /// <param name="before">The beginning of the first day that stays, UTC.</param>
    /// <param name="progress">Is told after each portion of which symbol it was, and how many candles went so far.</param>
    /// <param name="cancellation">Cancels the portion; those before it stay done.</param>
    /// <returns>How many candles went.</returns>
    public async Task<long> ForgetAsync(
        BarInterval interval, DateTime before, Action<string, long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var timeframe = interval.Name();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var total = await ForgetAsync(connection, null, interval, before, progress, cancellation);
        const string drop = "SELECT drop_empty_bar_partition(@timeframe, @before)";
        while (await connection.ExecuteScalarAsync<bool>(
            Sql.Command("drop empty partition", drop, new { timeframe, before }, cancellation)))
        {
            // Until none is left, or somebody is busy with the next.
        }

        return total;
    }

    /// <summary>
    /// Forgets the candles of one symbol in an interval that opened before an instant, likewise. The week that the instant lies in is built
    /// again of the days that stay.
    /// </summary>
    /// <returns>How many candles went.</returns>
    internal async Task<long> CutAsync(Symbol symbol, BarInterval interval, DateTime before, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var total = await ForgetAsync(connection, symbol.Value, interval, before, (_, _) => { }, cancellation);
        var anew = string.Format(
            CultureInfo.InvariantCulture, BeginAnewFormat, CandleTables.Bars(interval), (int)AboutBefore, CandleTables.Validated, (int)ValidationRules.Anomalies);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var arguments = new { symbol = symbol.Value, timeframe = interval.Name() };
        await connection.ExecuteAsync(Sql.Command("begin series anew", anew, arguments, cancellation, transaction));
        if (total > 0 && interval == BarInterval.OneWeek)
            await WeekRows.BuildAgainAsync(connection, transaction, symbol, DateOnly.FromDateTime(before), cancellation);
        await transaction.CommitAsync(cancellation);
        return total;
    }

    private static async Task<long> ForgetAsync(
        NpgsqlConnection connection, string? ofSymbol, BarInterval interval, DateTime before, Action<string, long> progress, CancellationToken cancellation)
    {
        const string old = """
            SELECT symbol, id FROM series WHERE timeframe = @timeframe AND first_ts < @before AND (@ofSymbol::text IS NULL OR symbol = @ofSymbol)
            ORDER BY symbol
            """;
        // Dividends are measured by daily closes, which are fewer now.
        var forget = string.Format(
            CultureInfo.InvariantCulture, ForgetFormat, CandleTables.Bars(interval), CandleTables.Microstructure(interval),
            FeatureRows.ForgetAll + (interval == BarInterval.OneDay ? FeatureRows.ForgetAdjusted : ""));
        var portion = $"SELECT ts FROM {CandleTables.Bars(interval)} WHERE series_id = @seriesId AND ts < @before ORDER BY ts OFFSET @Portion LIMIT 1";
        var timeframe = interval.Name();
        var total = 0L;
        foreach (var (symbol, seriesId) in await connection.QueryAsync<(string, int)>(
            Sql.Command("find series with old candles", old, new { timeframe, before, ofSymbol }, cancellation)))
        {
            for (DateTime? until = null; until != before;)
            {
                until = await connection.ExecuteScalarAsync<DateTime?>(
                    Sql.Command("find a portion of old candles", portion, new { seriesId, before, Portion }, cancellation)) ?? before;
                total += await ForgetAsync(connection, forget, new { symbol, seriesId, timeframe, before = until }, cancellation);
                progress(symbol, total);
            }
        }

        // A backfill of nothing that is kept has nothing left to go on with.
        const string finish = """
            DELETE FROM backfill_state WHERE timeframe = @timeframe AND end_date <= @before AND (@ofSymbol::text IS NULL OR symbol = @ofSymbol)
            """;
        await connection.ExecuteAsync(Sql.Command("forget old backfills", finish, new { timeframe, before, ofSymbol }, cancellation));
        return total;
    }

    private static async Task<long> ForgetAsync(NpgsqlConnection connection, string forget, object arguments, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("forget old candles", forget, arguments, cancellation, transaction, PortionTimeout));
        await results.ReadAsync();
        var forgotten = await results.ReadSingleAsync<long>();
        await results.DisposeAsync();
        await transaction.CommitAsync(cancellation);
        return forgotten;
    }

    /// <summary>Sets how many months of an interval's candles the partitions, or chunks, have that are made from now on.</summary>
    public async Task PartitionByAsync(IReadOnlyDictionary<BarInterval, int> months, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(months);
        const string set = """
            UPDATE candle_partitioning p SET months = n.months FROM unnest(@timeframes, @months) AS n (timeframe, months)
            WHERE p.timeframe = n.timeframe AND p.months <> n.months RETURNING p.timeframe
            """;
        const string chunks = """
            SELECT set_chunk_time_interval((t.name || p.timeframe)::regclass, make_interval(days => 30 * p.months))
            FROM candle_partitioning p CROSS JOIN unnest(ARRAY['bars_', 'microstructure_']) AS t (name) WHERE p.timeframe = ANY (@changed)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var arguments = new { timeframes = months.Keys.Select(interval => interval.Name()).ToArray(), months = months.Values.ToArray() };
        var changed = (await connection.QueryAsync<string>(Sql.Command("set partitioning", set, arguments, cancellation))).ToArray();
        if (changed.Length > 0 && await HasTimescaleAsync(connection, cancellation))
            await connection.ExecuteAsync(Sql.Command("set chunk intervals", chunks, new { changed }, cancellation));
    }

    /// <summary>Sets the age at which TimescaleDB compresses candles. Without it, or with its Apache edition, nothing is to be done.</summary>
    /// <param name="days">Days from a candle's opening; null: never.</param>
    /// <param name="cancellation">Cancels the statement.</param>
    public async Task CompressAfterAsync(int? days, CancellationToken cancellation)
    {
        const string differ = """
            SELECT t.name FROM candle_partitioning p CROSS JOIN LATERAL unnest(ARRAY['bars_' || p.timeframe, 'microstructure_' || p.timeframe]) AS t (name)
            LEFT JOIN timescaledb_information.jobs j ON j.hypertable_name = t.name AND j.config ? 'compress_after'
            WHERE (j.config ->> 'compress_after')::interval IS DISTINCT FROM make_interval(days => @days)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (!await CanCompressAsync(connection, cancellation))
            return;
        var outdated = (await connection.QueryAsync<string>(
            Sql.Command("find outdated compression policies", differ, new { days }, cancellation))).ToArray();
        if (outdated.Length > 0)
            await connection.ExecuteAsync(Sql.Command("set compression policies", Compress, new { outdated, days }, cancellation));
    }

    private static Task<bool> HasTimescaleAsync(NpgsqlConnection connection, CancellationToken cancellation) => connection.ExecuteScalarAsync<bool>(
        Sql.Command("look for TimescaleDB", "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')", null, cancellation));

    private static async Task<bool> CanCompressAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await HasTimescaleAsync(connection, cancellation) && await connection.ExecuteScalarAsync<bool>(
            Sql.Command("look for compression", "SELECT current_setting('timescaledb.license', true) = 'timescale'", null, cancellation));
}
