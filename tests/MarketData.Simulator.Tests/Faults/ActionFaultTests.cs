using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Faults;

/// <summary>Faults of splits and dividends, and of what an answer is about.</summary>
public sealed class ActionFaultTests : IAsyncLifetime
{
    private Simulation _simulation = null!;

    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync();

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Theory]
    [InlineData("missing_actions", null, new string[0])]
    // Monday, and the Friday before.
    [InlineData("misdated_actions", null, new[] { "2020-08-28 1:4" })]
    [InlineData("misdated_actions", 4, new[] { "2020-09-04 1:4" })]
    [InlineData("repeated_actions", null, new[] { "2020-08-31 1:4", "2020-09-01 1:4" })]
    [InlineData("repeated_actions", 0, new[] { "2020-08-31 1:4", "2020-08-31 1:4" })]
    [InlineData("conflicting_actions", null, new[] { "2020-08-31 1:4", "2020-08-31 100:600" })]
    [InlineData("impossible_actions", null, new[] { "2020-08-31 0:1" })]
    public async Task Splits_are_told_wrongly_by_either_provider_until_the_fault_is_gone(string kind, int? sessions, string[] told)
    {
        foreach (var provider in (string[])["polygon", "yahoo"])
        {
            var id = await _simulation.FaultAsync(new { kind, provider, symbol = "AAPL", sessions, from = "2020-08-01T00:00:00Z" });
            (await SplitsAsync(provider)).ShouldBe(told, provider);
            (await SplitsAsync(provider == "polygon" ? "yahoo" : "polygon")).ShouldBe(["2020-08-31 1:4"], provider);

            using var removed = await _simulation.Http.DeleteAsync($"/simulator/faults/{id}", TestContext.Current.CancellationToken);
            (await SplitsAsync(provider)).ShouldBe(["2020-08-31 1:4"], provider);
        }
    }

    [Fact]
    public async Task What_took_effect_outside_of_the_range_is_spared()
    {
        await _simulation.FaultAsync(new { kind = "missing_actions", provider = "polygon", symbol = "AAPL", to = "2020-08-31T00:00:00Z" });

        (await SplitsAsync("polygon")).ShouldBe(["2020-08-31 1:4"]);
        (await _simulation.JsonAsync("/polygon/v3/reference/splits?ticker=AAPL")).Results().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("repeated_actions", 0, 2, 1.0)]
    [InlineData("conflicting_actions", null, 2, 1.5)]
    [InlineData("impossible_actions", null, 1, 0.0)]
    public async Task Dividends_are_told_wrongly_too(string kind, int? sessions, int count, double factor)
    {
        const string path = "/polygon/v3/reference/dividends?ticker=JNJ&ex_dividend_date.gte=2025-01-01&ex_dividend_date.lte=2025-04-15";
        var amount = (double)(await _simulation.JsonAsync(path)).Results().Single()!["cash_amount"]!;

        await _simulation.FaultAsync(new { kind, symbol = "JNJ", sessions });

        var dividends = (await _simulation.JsonAsync(path)).Results();
        dividends.Count.ShouldBe(count);
        dividends.Select(dividend => (double)dividend!["cash_amount"]!).Max().ShouldBe(factor * amount, 1e-9);
    }

    [Theory]
    [InlineData("polygon", """{"status":"OK","results":null}""")]
    [InlineData("yahoo", """{"chart":{"result":null,"error":null}}""")]
    [InlineData("binance", "null")]
    [InlineData("coinbase", "null")]
    public async Task Null_is_where_the_result_belongs(string provider, string body)
    {
        await _simulation.FaultAsync(new { kind = "null_result", provider });

        using var response = await _simulation.GetAsync(Answers.Of(provider));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
    }

    [Fact]
    public async Task A_plan_lacks_what_is_long_past()
    {
        await _simulation.FaultAsync(new { kind = "plan_limit", to = "2024-03-11T00:00:00Z" });

        var refusal = await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2024-03-08", "2024-03-15"), HttpStatusCode.Forbidden);
        var bars = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2024-03-11", "2024-03-15"))).Results();

        ((string?)refusal["status"], (string?)refusal["message"])
            .ShouldBe(("NOT_AUTHORIZED", "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing"));
        bars.Count.ShouldBe(5);
        (await _simulation.StatusAsync(Answers.Yahoo)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_answer_says_that_it_is_of_another_instrument()
    {
        await _simulation.FaultAsync(new { kind = "other_instrument", symbol = "AAPL" });

        var meta = (await _simulation.JsonAsync(Answers.Yahoo)).Result()["meta"]!;
        var page = await _simulation.JsonAsync(Answers.Polygon);

        ((string?)meta["currency"], (string?)meta["exchangeTimezoneName"]).ShouldBe(("EUR", "Europe/Berlin"));
        ((string?)page["ticker"]).ShouldBe("AAPLW");
    }

    [Fact]
    public async Task More_than_twenty_sessions_are_refused()
    {
        using var response = await _simulation.Http.PostAsync(
            "/simulator/faults",
            new StringContent("""{"kind":"misdated_actions","sessions":-21}""", System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("sessions is -21");
    }

    private async Task<IReadOnlyList<string>> SplitsAsync(string provider)
    {
        if (provider == "polygon")
        {
            var listed = (await _simulation.JsonAsync("/polygon/v3/reference/splits?ticker=AAPL&order=asc&execution_date.gte=2020-08-01")).Results();
            return [.. listed.Select(split => $"{split!["execution_date"]} {split["split_from"]}:{split["split_to"]}")];
        }

        var chart = (await _simulation.JsonAsync(Wire.Chart("AAPL", "1d", Wire.Day(2020, 8, 3), Wire.Day(2020, 9, 30), "events=split"))).Result();
        return [.. chart["events"]?["splits"]?.AsObject().Select(split => Text(split.Value!)) ?? []];
    }

    private static string Text(JsonNode split)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds((long)split["date"]!).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"{date} {split["denominator"]}:{split["numerator"]}";
    }
}
