using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>From a request to candles on record, over HTTP alone.</summary>
public sealed class EnrichmentTests(SystemFixture system)
{
    private const double Tolerance = 1e-9;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_warehouse_fills_itself_with_every_symbol()
    {
        var overview = await system.FirstRunAsync(_cancellation);

        var history = await system.GetAsync("enrichment/history?limit=500", _cancellation);
        var run = history.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("trigger").GetString() == "startup");
        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("symbols_successful").GetInt32().ShouldBeGreaterThanOrEqualTo(20);
        overview.GetProperty("success_rate").GetDouble().ShouldBeInRange(0.5, 1);
        overview.GetProperty("scheduler_status").GetString().ShouldBe("running");
        overview.GetProperty("next_run").GetDateTime().TimeOfDay.ShouldBe(new TimeSpan(1, 30, 0));
        overview.GetProperty("symbols_enriched").GetInt32().ShouldBe(overview.GetProperty("total_symbols").GetInt32());

        // Another test's run may be under way on the same system: each symbol is judged when it rests.
        JsonElement[] symbols = [];
        await Eventually.BecomesAsync(
            async () =>
            {
                var answer = await system.GetAsync("symbols/detailed", _cancellation);
                symbols = [.. answer.GetProperty("symbols").EnumerateArray().Where(symbol => symbol.GetProperty("symbol").GetString() != "META")];
                return symbols.All(symbol => symbol.GetProperty("status").GetString() is not ("queued" or "running"));
            },
            TimeSpan.FromMinutes(2),
            _cancellation);
        symbols.ShouldAllBe(symbol =>
            symbol.GetProperty("status").GetString() == "healthy" || symbol.GetProperty("status").GetString() == "warning");
    }

    [Fact]
    public async Task A_trigger_is_followed_from_its_answer_to_the_run_it_names()
    {
        await system.FirstRunAsync(_cancellation);

        using var response = await system.Http.PostAsync(
            new Uri("/api/v1/enrichment/trigger?symbols=aapl&symbols=MSFT", UriKind.Relative), null, _cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>(_cancellation);
        accepted.GetProperty("symbols_queued").EnumerateArray().Select(symbol => symbol.GetString()).ShouldBe(["AAPL", "MSFT"], ignoreOrder: true);
        var id = accepted.GetProperty("job_id").GetGuid();
        response.Headers.Location!.ToString().ShouldEndWith($"/api/v1/enrichment/runs/{id}");

        var run = await system.EndedAsync(id, _cancellation);

        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("symbols_successful").GetInt32().ShouldBe(2);
        var history = await system.GetAsync("enrichment/history?symbol=AAPL&limit=5", _cancellation);
        history.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("job_id").GetGuid()).ShouldContain(id);
        var status = await system.GetAsync("enrichment/dashboard/job-status/AAPL", _cancellation);
        status.GetProperty("last_error").ValueKind.ShouldBe(JsonValueKind.Null);
        status.GetProperty("records_available").GetInt64().ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task The_index_true_history_comes_out_as_it_is_with_features_that_can_be_recomputed()
    {
        await system.FirstRunAsync(_cancellation);
        var expected = File.ReadLines(Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.Simulator", "Data", "sp500-daily-2000-2020.csv"))
            .Skip(1).Select(line => line.Split(',')).ToArray();

        var page = await system.GetAsync(
            "historical/%5EGSPC?timeframe=1d&start=2000-01-01&end=2020-04-17&limit=10000&features=true&adjusted=false", _cancellation);
        var candles = page.GetProperty("candles").EnumerateArray().ToArray();

        candles.Select(Date).ShouldBe(expected.Select(row => row[0]));
        foreach (var (name, column) in new[] { ("open", 1), ("high", 2), ("low", 3), ("close", 4), ("volume", 6) })
            Values(candles, name).ShouldBe(expected.Select(row => double.Parse(row[column], CultureInfo.InvariantCulture)), name);
        // The first candles have warm-ups that reach behind the range, if the warehouse has history there.
        var (high, low, close) = (Values(candles, "high"), Values(candles, "low"), Values(candles, "close"));
        Compare(candles, "sma_20", IndependentFeatures.Sma(close, 20));
        Compare(candles, "volatility_20", IndependentFeatures.Volatility(close, 20));
        Compare(candles, "volatility_50", IndependentFeatures.Volatility(close, 50));
        Compare(candles, "atr", IndependentFeatures.Atr(high, low, close));
        Compare(candles, "rsi_14", IndependentFeatures.Rsi(close));
        Compare(candles, "rolling_volume_20", IndependentFeatures.Sma(Values(candles, "volume"), 20));
    }

    [Fact]
    public async Task A_run_after_a_run_stores_nothing_that_is_stored_already()
    {
        await system.EnrichAsync(_cancellation, "JNJ");

        var run = await system.EnrichAsync(_cancellation, "JNJ");

        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("records_inserted").GetInt64().ShouldBe(0);
        run.GetProperty("records_updated").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_symbol_is_refused_with_near_misses_and_queues_nothing()
    {
        using var response = await system.Http.PostAsync(
            new Uri("/api/v1/enrichment/trigger?symbols=AAPL&symbols=APPL", UriKind.Relative), null, _cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadAsStringAsync(_cancellation);
        problem.ShouldContain("APPL");
        problem.ShouldContain("AAPL");
    }

    [Fact]
    public async Task A_symbol_that_no_provider_knows_fails_with_cause_and_advice_and_harms_no_other()
    {
        await system.FirstRunAsync(_cancellation);
        JsonElement run;
        await using (await system.FaultAsync(new { kind = "unknown_symbol", symbol = "META" }, _cancellation))
            run = await system.EnrichAsync(_cancellation, "META", "V");

        run.GetProperty("status").GetString().ShouldBe("partial");
        run.GetProperty("symbols_successful").GetInt32().ShouldBe(1);
        var status = await system.GetAsync("enrichment/dashboard/job-status/META", _cancellation);
        status.GetProperty("status").GetString().ShouldBe("delisted");
        status.GetProperty("last_error").GetString().ShouldNotBeNullOrEmpty();
        status.GetProperty("error_advice").GetString().ShouldNotBeNullOrEmpty();

        var mended = await system.EnrichAsync(_cancellation, "META");
        mended.GetProperty("status").GetString().ShouldBe("completed");
    }

    [Theory]
    [InlineData("historical/AAPL?timeframe=7m", "timeframe")]
    [InlineData("historical/AAPL?start=the+first", "start")]
    [InlineData("historical/AAPL?limit=-1", "limit")]
    [InlineData("enrichment/history?limit=501", "limit")]
    public async Task A_bad_parameter_is_named(string path, string parameter)
    {
        using var response = await system.Http.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), _cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(_cancellation);
        problem.GetProperty("errors").TryGetProperty(parameter, out _).ShouldBeTrue();
    }

    private static string Date(JsonElement candle) => candle.GetProperty("timestamp").GetString()![..10];

    private static double[] Values(JsonElement[] candles, string name) => [.. candles.Select(candle => candle.GetProperty(name).GetDouble())];

    private static void Compare(JsonElement[] candles, string feature, double[] expected)
    {
        for (var i = 0; i < candles.Length; i++)
        {
            var value = candles[i].GetProperty("features").GetProperty(feature);
            if (double.IsNaN(expected[i]))
                continue;
            Math.Abs(value.GetDouble() - expected[i]).ShouldBeLessThanOrEqualTo(Tolerance * Math.Abs(expected[i]), $"{feature} of {Date(candles[i])}");
        }
    }
}
