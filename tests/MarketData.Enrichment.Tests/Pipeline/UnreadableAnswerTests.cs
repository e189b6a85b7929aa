using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What of an answer can't be read is its symbol's fault: the rest is used, and nobody else notices.</summary>
public sealed class UnreadableAnswerTests(PostgresServer server) : PipelineTests(server)
{
    private const string NullResult = """{"chart":{"result":null,"error":null}}""";

    private static readonly (string Name, string Value)[] YahooAlone =
    [
        ("Providers:Polygon:Enabled", "false"), ("Providers:Yahoo:Resilience:CircuitBreaker:ConsecutiveFailures", "5"),
        ("Providers:Yahoo:Resilience:CircuitBreaker:MinimumThroughput", "10"),
    ];

    [Theory]
    [InlineData(NullResult, "chart.result")]
    [InlineData("""{"chart":{"result":[],"error":null}}""", "chart.result")]
    [InlineData("""{"chart":{"result":[{"timestamp":"soon"}],"error":null}}""", "chart.result[0].timestamp is text instead of an array")]
    [InlineData("""{"chart":{"result":[{"timestamp":[1,2]}],"error":null}}""", "differ in length")]
    [InlineData("[]", "The document is an array")]
    public async Task One_symbols_unreadable_answer_fails_that_symbol_alone(string body, string place)
    {
        await using var market = await ServeAsync(YahooAlone);
        market.Yahoo = symbol => symbol == "ODD" ? (200, body) : null;
        await TrackAsync("ODD", "stock", "1d");
        await TrackAsync("AAPL", "stock", "1d");
        for (var night = 0; night < 3; night++)
        {
            var job = await EnrichAsync("ODD");
            job.Status.ShouldBe("failed");
            job.Message.ShouldNotBeNull().ShouldContain("unreadable: ");
            job.Message.ShouldContain(place);
        }

        Circuit("yahoo").ShouldBe("closed");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = 'ODD'")).ShouldBe("error");
    }

    [Fact]
    public async Task Many_symbols_unreadable_answers_are_the_providers_fault()
    {
        await using var market = await ServeAsync(YahooAlone);
        market.Yahoo = _ => (200, NullResult);
        string[] symbols = [.. Enumerable.Range(1, 8).Select(i => $"ODD{i}")];
        foreach (var symbol in symbols)
            await TrackAsync(symbol, "stock", "1d");
        await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = symbols }, Cancellation);
        while (await RunNextAsync())
        {
            // Each symbol once.
        }

        Circuit("yahoo").ShouldBe("open");
    }

    [Theory]
    [InlineData("chart.result[0].timestamp[20]", "null", "is null")]
    [InlineData("chart.result[0].timestamp[20]", "\"soon\"", "is text")]
    [InlineData("chart.result[0].indicators.quote[0].close[20]", "NaN", "is the text \"NaN\"")]
    [InlineData("chart.result[0].indicators.quote[0].high[20]", "-Infinity", "is the text \"-Infinity\"")]
    [InlineData("chart.result[0].indicators.quote[0].volume[20]", "{}", "is an object")]
    public async Task The_rest_of_yahoos_answer_is_used_and_the_bad_part_is_named(string place, string value, string flaw)
    {
        await using var market = await ServeAsync(YahooAlone);
        market.YahooEdit = (_, chart) =>
        {
            var result = chart["chart"]!["result"]![0]!;
            var parts = place.Split('.');
            var column = place.Contains("quote", StringComparison.Ordinal)
                ? result["indicators"]!["quote"]![0]![parts[^1].Split('[')[0]]!
                : result["timestamp"]!;
            column[20] = "@";
            return chart.ToJsonString().Replace("\"@\"", value, StringComparison.Ordinal);
        };
        await TrackAsync("ODD", "stock", "1d");
        (await EnrichAsync("ODD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("ODD", "1d")).Count.ShouldBeGreaterThan(90);
        (await QueryAsync<string>("SELECT detail FROM rejected_candles")).ShouldBe([$"{place} {flaw}."]);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"v":1,"o":NaN,"h":1,"l":1,"c":1,"t":1784260800000}""", "results[20].o is the text \"NaN\".")]
    [InlineData("""{"v":1,"o":1,"h":1,"l":1,"c":1,"t":null}""", "results[20].t is null.")]
    [InlineData("""{"v":1,"o":1,"h":1,"l":1,"c":1}""", "results[20] has no t.")]
    [InlineData("null", "results[20] is null.")]
    [InlineData("""{"v":[1],"o":1,"h":1,"l":1,"c":1,"t":1784260800000}""", "results[20].v is an array.")]
    public async Task The_rest_of_polygons_answer_is_used_and_the_bad_part_is_named(string row, string flaw)
    {
        await using var market = await ServeAsync(("Providers:Yahoo:Enabled", "false"));
        market.PolygonEdit = (_, page) =>
        {
            page["results"]![20] = "@";
            return page.ToJsonString().Replace("\"@\"", row, StringComparison.Ordinal);
        };
        await TrackAsync("ODD", "stock", "1d");
        (await EnrichAsync("ODD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("ODD", "1d")).Count.ShouldBeGreaterThan(90);
        (await QueryAsync<string>("SELECT detail FROM rejected_candles")).ShouldBe([flaw]);
    }

    [Theory]
    [InlineData("""{"splits":{"1":{"date":1781530200,"numerator":1,"denominator":0}}}""", null)]
    [InlineData("""{"splits":{"1":{"date":null,"numerator":1,"denominator":4}}}""", "chart.result[0].events.splits.1.date is null.")]
    [InlineData(
        """{"splits":{"1":{"date":1781530200,"numerator":NaN,"denominator":4}}}""",
        "chart.result[0].events.splits.1.numerator is the text \"NaN\".")]
    [InlineData("""{"dividends":{"1":7},"splits":[]}""", "chart.result[0].events.dividends.1 is no object.")]
    public async Task An_event_that_is_none_costs_no_candle(string events, string? flaw)
    {
        await using var market = await ServeAsync(YahooAlone);
        market.YahooEdit = (_, chart) =>
        {
            chart["chart"]!["result"]![0]!["events"] = "@";
            return chart.ToJsonString().Replace("\"@\"", events, StringComparison.Ordinal);
        };
        await TrackAsync("ODD", "stock", "1d");
        (await EnrichAsync("ODD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("ODD", "1d")).Count.ShouldBeGreaterThan(90);
        (await ScalarAsync<long>("SELECT count(*) FROM corporate_actions")).ShouldBe(0);
        var noted = await ScalarAsync<string>("SELECT error_message FROM enrichment_fetch_log WHERE success AND source = 'yahoo'");
        if (flaw is null)
            noted.ShouldBeNull();
        else
            noted.ShouldNotBeNull().ShouldContain(flaw);
    }

    [Fact]
    public async Task Waiting_for_a_circuit_costs_no_attempt()
    {
        await using var market = await ServeAsync([.. YahooAlone, ("Providers:Yahoo:Resilience:MaxRetries", "0")]);
        market.Yahoo = _ => (503, "{}");
        string[] symbols = ["A", "B", "C", "D", "E", "F"];
        foreach (var symbol in symbols)
            await TrackAsync(symbol, "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = now()");
        var run = await new RunStore(Database).CreateAsync(
            new RunRequest { Trigger = RunTrigger.Manual, Symbols = symbols }, Cancellation);
        // The first five open the circuit; the sixth finds it so.
        foreach (var _ in symbols)
            await RunNextAsync();
        Circuit("yahoo").ShouldBe("open");
        var due = await ScalarAsync<double>("SELECT extract(epoch FROM due_at - now()) FROM enrichment_jobs WHERE symbol = 'F'");
        due.ShouldBeInRange(40, 60);

        // However often it comes.
        for (var again = 0; again < 5; again++)
        {
            await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE symbol = 'F'");
            (await RunNextAsync()).ShouldBeTrue();
        }

        var waiting = await JobAsync(run.JobId!.Value, "F");
        (waiting.Status, waiting.Attempt).ShouldBe(("retrying", 1));
        (await ScalarAsync<int>("SELECT retry_count FROM enrichment_status WHERE symbol = 'F'")).ShouldBe(0);
        (await ScalarAsync<int>("SELECT symbols_retried FROM enrichment_history")).ShouldBe(5);

        market.Yahoo = _ => null;
        Time.Set(Time.GetUtcNow().AddMinutes(2));
        await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE symbol = 'F'");
        (await RunNextAsync()).ShouldBeTrue();
        var done = await JobAsync(run.JobId!.Value, "F");
        (done.Status, done.Attempt).ShouldBe(("succeeded", 1));
    }

    private string Circuit(string provider) =>
        Services.GetServices<ProviderGate>().Single(gate => gate.Provider == provider).Read().Resilience.CircuitState;

    private async Task<WireMarket> ServeAsync(params (string Name, string Value)[] settings)
    {
        var market = await WireMarket.StartAsync();
        await ConfigureAsync(
        [
            ("Providers:Polygon:BaseUrl", market.Address + "polygon"), ("Providers:Polygon:ApiKey", "any"),
            ("Providers:Yahoo:BaseUrl", market.Address + "yahoo"), .. settings,
        ]);
        return market;
    }
}
