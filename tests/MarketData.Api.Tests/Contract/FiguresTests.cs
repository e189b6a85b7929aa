using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace MarketData.Api.Tests.Contract;

/// <summary>
/// Figures that the contract promises are those that plain SQL makes of candles, jobs and logs: not of the sums that the readers use, which writers
/// keep beside them.
/// </summary>
public sealed class FiguresTests(FaultyRuns system) : IClassFixture<FaultyRuns>
{
    private const double Tolerance = 1e-9;
    private const string LastRun = "(SELECT job_id FROM enrichment_history ORDER BY created_at DESC LIMIT 1)";

    // Ninety days are reported when nothing else is asked for.
    private const string FirstDay = "((now() AT TIME ZONE 'UTC')::date - 90)::timestamp AT TIME ZONE 'UTC'";

    // Of each series: candles, mean score, and the share of the expected candles that are there.
    private const string Series = """
        (SELECT c.symbol, c.timeframe, count(*) AS n, avg(c.quality_score) AS score, avg(c.is_validated::int) AS validated,
                least(count(*)::float8 / max(r.expected_records), 1) AS complete
         FROM candles c JOIN series r USING (symbol, timeframe) GROUP BY 1, 2) q
        """;

    private static readonly string[] Symbols = ["BTC-USD", "MSFT", "SPY"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_runs_left_something_of_everything()
    {
        await using var connection = await system.Database.DataSource.OpenConnectionAsync(Cancellation);
        foreach (var rows in (string[])[
            "candles WHERE NOT is_validated", "rejected_candles", "gaps", "candle_revisions", "enrichment_jobs WHERE status = 'failed'",
            "enrichment_fetch_log WHERE NOT success", "enrichment_fetch_log WHERE records_updated > 0"])
            (await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {rows}")).ShouldBeGreaterThan(0, rows);
    }

    [Fact]
    public Task The_overview_counts_jobs_and_candles() => CompareAsync("enrichment/dashboard/overview", new()
    {
        ["total_symbols"] = "SELECT count(*) FROM symbols WHERE active",
        ["symbols_enriched"] = "SELECT count(DISTINCT symbol) FROM enrichment_jobs WHERE status = 'succeeded'",
        ["success_rate"] = "SELECT avg((status = 'succeeded')::int) FROM enrichment_jobs",
        ["avg_enrichment_time_seconds"] = "SELECT avg(worked_ms) / 1000 FROM enrichment_jobs WHERE status = 'succeeded'",
        ["queue_depth"] = "SELECT count(*) FROM enrichment_jobs WHERE completed_at IS NULL",
        ["running"] = "SELECT count(*) FROM enrichment_jobs WHERE completed_at IS NULL",
        ["last_run_result.symbols_total"] = $"SELECT count(*) FROM enrichment_jobs WHERE job_id = {LastRun}",
        ["last_run_result.symbols_successful"] = $"SELECT count(*) FROM enrichment_jobs WHERE job_id = {LastRun} AND status = 'succeeded'",
        ["last_run_result.symbols_failed"] = $"SELECT count(*) FROM enrichment_jobs WHERE job_id = {LastRun} AND status = 'failed'",
        ["last_run_result.symbols_retried"] = $"SELECT count(*) FROM enrichment_jobs WHERE job_id = {LastRun} AND attempt > 1",
        ["last_run_result.records_inserted"] = $"SELECT sum(records_inserted) FROM enrichment_fetch_log WHERE job_id = {LastRun}",
        ["last_run_result.records_updated"] = $"SELECT sum(records_updated) FROM enrichment_fetch_log WHERE job_id = {LastRun}",
        ["last_24h.runs"] = "SELECT count(DISTINCT job_id) FROM enrichment_jobs",
        ["last_24h.jobs_completed"] = "SELECT count(*) FROM enrichment_jobs WHERE status = 'succeeded'",
        ["last_24h.jobs_failed"] = "SELECT count(*) FROM enrichment_jobs WHERE status = 'failed'",
        ["last_24h.records_fetched"] = "SELECT sum(records_fetched) FROM enrichment_fetch_log",
        ["last_24h.records_inserted"] = "SELECT sum(records_inserted) FROM enrichment_fetch_log",
    });

    [Fact]
    public async Task Metrics_are_sums_of_the_logs()
    {
        var figures = new Dictionary<string, string>
        {
            ["compute_pipeline.total"] = "SELECT count(*) FROM enrichment_compute_log",
            ["compute_pipeline.successful"] = "SELECT count(*) FROM enrichment_compute_log WHERE success",
            ["compute_pipeline.failed"] = "SELECT count(*) FROM enrichment_compute_log WHERE NOT success",
            ["compute_pipeline.avg_computation_time_ms"] = "SELECT avg(computation_time_ms) FROM enrichment_compute_log",
            ["compute_pipeline.features_computed"] = "SELECT sum(features_computed) FROM enrichment_compute_log",
            ["data_quality.symbols_tracked"] = "SELECT count(*) FROM symbols WHERE active",
            ["data_quality.avg_quality_score"] = $"SELECT avg(score) FROM (SELECT sum(n * score * complete) / sum(n) AS score FROM {Series} GROUP BY symbol) s",
            ["data_quality.avg_validation_rate"] = "SELECT avg(rate) FROM (SELECT avg(is_validated::int) AS rate FROM candles GROUP BY symbol) s",
            ["data_quality.avg_data_completeness"] = $"SELECT avg(rate) FROM (SELECT sum(n * complete) / sum(n) AS rate FROM {Series} GROUP BY symbol) s",
            ["data_quality.gaps_detected"] = "SELECT count(*) FROM gaps",
            ["data_quality.rejected"] = "SELECT count(*) FROM rejected_candles",
        };
        foreach (var (part, where) in ((string, string)[])[("", "true"), (".by_source[polygon]", "source = 'polygon'"), (".by_source[yahoo]", "source = 'yahoo'"), (".by_source[binance]", "source = 'binance'")])
        {
            figures[$"fetch_pipeline{part}.total"] = $"SELECT count(*) FROM enrichment_fetch_log WHERE NOT not_asked AND {where}";
            figures[$"fetch_pipeline{part}.successful"] = $"SELECT count(*) FROM enrichment_fetch_log WHERE success AND {where}";
            figures[$"fetch_pipeline{part}.failed"] = $"SELECT count(*) FROM enrichment_fetch_log WHERE NOT success AND NOT not_asked AND {where}";
            figures[$"fetch_pipeline{part}.success_rate"] = $"SELECT avg(success::int) FROM enrichment_fetch_log WHERE NOT not_asked AND {where}";
            figures[$"fetch_pipeline{part}.records_fetched"] = $"SELECT sum(records_fetched) FROM enrichment_fetch_log WHERE {where}";
            figures[$"fetch_pipeline{part}.records_inserted"] = $"SELECT sum(records_inserted) FROM enrichment_fetch_log WHERE {where}";
        }

        await CompareAsync("enrichment/dashboard/metrics?window=24h", figures);
    }

    [Fact]
    public async Task The_status_of_a_symbol_is_that_of_its_candles()
    {
        foreach (var symbol in Symbols)
        {
            var figures = new Dictionary<string, string>
            {
                ["records_available"] = $"SELECT count(*) FROM candles WHERE symbol = '{symbol}'",
                ["validation_rate"] = $"SELECT avg(is_validated::int) FROM candles WHERE symbol = '{symbol}'",
                ["quality_score"] = $"SELECT sum(n * score * complete) / sum(n) FROM {Series} WHERE symbol = '{symbol}'",
                ["status"] = $"SELECT status FROM enrichment_status WHERE symbol = '{symbol}'",
            };
            foreach (var timeframe in await TimeframesAsync(symbol))
            {
                var where = $"symbol = '{symbol}' AND timeframe = '{timeframe}'";
                figures[$"timeframes[{timeframe}].records"] = $"SELECT count(*) FROM candles WHERE {where}";
                figures[$"timeframes[{timeframe}].first"] = $"SELECT min(ts) FROM candles WHERE {where}";
                figures[$"timeframes[{timeframe}].last"] = $"SELECT max(ts) FROM candles WHERE {where}";
                figures[$"timeframes[{timeframe}].quality_score"] = $"SELECT score * complete FROM {Series} WHERE {where}";
                figures[$"timeframes[{timeframe}].completeness"] = $"SELECT complete FROM {Series} WHERE {where}";
            }

            await CompareAsync($"enrichment/dashboard/job-status/{symbol}", figures);
        }
    }

    [Fact]
    public async Task The_quality_of_each_day_is_that_of_its_candles()
    {
        const string days = $"""
            SELECT (ts AT TIME ZONE 'UTC')::date::text AS day, count(*) AS total, count(*) FILTER (WHERE is_validated) AS validated,
                   avg(quality_score) AS score
            FROM candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts >= {FirstDay} GROUP BY 1 ORDER BY 1
            """;
        await using var connection = await system.Database.DataSource.OpenConnectionAsync(Cancellation);
        foreach (var symbol in Symbols)
        {
            foreach (var timeframe in await TimeframesAsync(symbol))
            {
                var report = await system.Client.FetchAsync($"/api/v1/data/quality/{symbol}?timeframe={timeframe}&limit=1000").JsonAsync();
                var told = report.GetProperty("daily").EnumerateArray().Where(day => day.GetProperty("total_records").GetInt32() > 0)
                    .Select(day => (
                        day.GetProperty("metric_date").GetString()!, day.GetProperty("total_records").GetInt64(), day.GetProperty("validated_records").GetInt64(),
                        Math.Round(day.GetProperty("avg_quality_score").GetDouble(), 9)));
                var stored = await connection.QueryAsync<(string Day, long Total, long Validated, double Score)>(days, new { symbol, timeframe });
                told.ShouldBe(stored.Select(day => (day.Day, day.Total, day.Validated, Math.Round(day.Score, 9))), $"{symbol} {timeframe}");
                // Whatever was refused or corrected today is told, however old it is.
                foreach (var (list, rows) in ((string, string)[])[
                    ("rejected_candles", "rejected_candles WHERE"), ("revisions", "candle_revisions WHERE"), ("gaps", $"gaps WHERE gap_end >= {FirstDay} AND")])
                {
                    var count = await connection.ExecuteScalarAsync<int>(
                        $"SELECT count(*) FROM {rows} symbol = @symbol AND timeframe = @timeframe", new { symbol, timeframe });
                    report.GetProperty(list).GetArrayLength().ShouldBe(Math.Min(count, 1000), $"{list} of {symbol} {timeframe}");
                }
            }
        }
    }

    [Fact]
    public async Task The_newest_candles_are_those_of_the_adjusted_view()
    {
        var figures = new Dictionary<string, string>();
        foreach (var symbol in Symbols)
        {
            var two = $"(SELECT ts, close, quality_score, lead(close) OVER (ORDER BY ts DESC) AS before FROM adjusted_candles WHERE symbol = '{symbol}' AND timeframe = '1d') c ORDER BY ts DESC LIMIT 1";
            figures[$"candles[{symbol}].timestamp"] = $"SELECT ts FROM {two}";
            figures[$"candles[{symbol}].close"] = $"SELECT close FROM {two}";
            figures[$"candles[{symbol}].previous_close"] = $"SELECT before FROM {two}";
            figures[$"candles[{symbol}].change"] = $"SELECT close - before FROM {two}";
            figures[$"candles[{symbol}].change_rate"] = $"SELECT close / before - 1 FROM {two}";
            figures[$"candles[{symbol}].quality_score"] = $"SELECT quality_score FROM {two}";
        }

        await CompareAsync("latest?timeframe=1d", figures);
    }

    [Fact]
    public async Task Counts_elsewhere_are_those_of_the_tables()
    {
        await CompareAsync("status", new()
        {
            ["database.candles"] = "SELECT count(*) FROM candles",
            ["symbols.total"] = "SELECT count(*) FROM symbols",
            ["symbols.active"] = "SELECT count(*) FROM symbols WHERE active",
        });
        await CompareAsync("enrichment/history", new() { ["total"] = "SELECT count(*) FROM enrichment_history" });
        await CompareAsync("symbols", new() { ["total"] = "SELECT count(*) FROM symbols" });
        await CompareAsync("symbols/detailed", Symbols.ToDictionary(
            symbol => $"symbols[{symbol}].records_available", symbol => $"SELECT count(*) FROM candles WHERE symbol = '{symbol}'"));
    }

    private async Task<IReadOnlyList<string>> TimeframesAsync(string symbol)
    {
        await using var connection = await system.Database.DataSource.OpenConnectionAsync(Cancellation);
        return [.. await connection.QueryAsync<string>("SELECT DISTINCT timeframe FROM candles WHERE symbol = @symbol", new { symbol })];
    }

    private async Task CompareAsync(string path, Dictionary<string, string> figures)
    {
        var answer = await system.Client.FetchAsync("/api/v1/" + path).JsonAsync();
        await using var connection = await system.Database.DataSource.OpenConnectionAsync(Cancellation);
        var differences = new List<string>();
        foreach (var (name, sql) in figures)
        {
            var (told, computed) = (Find(answer, name), await ComputeAsync(connection, sql));
            if (!IsSame(told, computed))
                differences.Add($"{name} is {told}, and SQL says {computed ?? "null"}: {sql}");
        }

        differences.ShouldBeEmpty(path);
    }

    private static async Task<object?> ComputeAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation) is var value && value is DBNull ? null : value;
    }

    private static bool IsSame(JsonElement told, object? computed) => (told.ValueKind, computed) switch
    {
        (JsonValueKind.Null, null) => true,
        (JsonValueKind.Number, not null) => Convert.ToDouble(computed, CultureInfo.InvariantCulture) is var number
            && Math.Abs(told.GetDouble() - number) <= Tolerance * Math.Max(1, Math.Abs(number)),
        (JsonValueKind.String, DateTime instant) => told.GetDateTime() == instant,
        (JsonValueKind.String, string text) => told.GetString() == text,
        _ => false,
    };

    // A dot leads into an object, and brackets to the item of a list that has such a text.
    private static JsonElement Find(JsonElement answer, string path)
    {
        foreach (var part in path.Split('.'))
        {
            var (name, item) = part.Split('[') is [var list, var text] ? (list, text.TrimEnd(']')) : (part, null);
            answer = answer.GetProperty(name);
            if (item is not null)
                answer = answer.EnumerateArray().Single(one => one.EnumerateObject().Any(field => field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() == item));
        }

        return answer;
    }
}
