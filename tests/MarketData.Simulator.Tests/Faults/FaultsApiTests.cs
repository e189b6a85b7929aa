using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Faults;

public sealed class FaultsApiTests : IAsyncLifetime
{
    private Simulation _simulation = null!;

    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync();

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Fact]
    public async Task A_fault_hits_its_provider_alone()
    {
        await _simulation.FaultAsync(new { kind = "server_error", provider = "yahoo" });

        (await _simulation.StatusAsync(Answers.Yahoo)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _simulation.StatusAsync(Answers.Polygon)).ShouldBe(HttpStatusCode.OK);
        (await _simulation.StatusAsync(Answers.Binance)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("BTC-USD")]
    [InlineData("BTCUSDT")]
    public async Task A_fault_hits_its_symbol_alone_by_either_name(string symbol)
    {
        await _simulation.FaultAsync(new { kind = "server_error", provider = "binance", symbol });

        (await _simulation.StatusAsync(Answers.Binance)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _simulation.StatusAsync(Wire.Klines("ETHUSDT", "1d"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_fault_hits_its_endpoint_alone()
    {
        await _simulation.FaultAsync(new { kind = "server_error", endpoint = "splits" });

        (await _simulation.StatusAsync("/polygon/v3/reference/splits?ticker=AAPL")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _simulation.StatusAsync(Answers.Polygon)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_fault_begins_after_some_requests_and_is_spent_after_others()
    {
        var id = await _simulation.FaultAsync(new { kind = "server_error", provider = "polygon", after = 1, count = 2 });
        var statuses = new List<int>();
        for (var request = 0; request < 5; request++)
            statuses.Add((int)await _simulation.StatusAsync(Answers.Polygon));

        statuses.ShouldBe([200, 503, 503, 200, 200]);
        var fault = (await _simulation.JsonAsync("/simulator/faults")).AsArray().Single()!;
        ((int)fault["id"]!, (string?)fault["kind"], (int)fault["hits"]!, (int)fault["remaining"]!).ShouldBe((id, "server_error", 2, 0));
    }

    [Fact]
    public async Task A_rate_hits_its_share_of_requests_and_the_same_ones_again()
    {
        await using var again = await Simulation.StartAsync();

        var first = await HitsAsync(_simulation);
        var second = await HitsAsync(again);

        first.Count(hit => hit).ShouldBeInRange(25, 75);
        second.ShouldBe(first);

        static async Task<List<bool>> HitsAsync(Simulation simulation)
        {
            await simulation.FaultAsync(new { kind = "server_error", rate = 0.25, seed = 3 });
            var hits = new List<bool>();
            for (var request = 0; request < 200; request++)
                hits.Add(await simulation.StatusAsync(Answers.Binance) == HttpStatusCode.ServiceUnavailable);
            return hits;
        }
    }

    [Fact]
    public async Task A_share_of_the_bars_is_hit_the_same_in_every_answer()
    {
        await _simulation.FaultAsync(new { kind = "missing_bars", bar_rate = 0.3, seed = 1 });
        var path = Wire.Aggregates("AAPL", "1/day", "2024-01-02", "2025-12-31");

        var first = (await _simulation.JsonAsync(path)).Results();
        var second = (await _simulation.JsonAsync(path)).Results();

        first.Count.ShouldBeInRange(300, 400);
        second.ToJsonString().ShouldBe(first.ToJsonString());
    }

    [Fact]
    public async Task Faults_are_taken_away_one_by_one_or_all_at_once()
    {
        var first = await _simulation.FaultAsync(new { kind = "server_error", provider = "polygon" });
        await _simulation.FaultAsync(new { kind = "server_error", provider = "yahoo" });

        using var removed = await _simulation.Http.DeleteAsync($"/simulator/faults/{first}", TestContext.Current.CancellationToken);
        using var unknown = await _simulation.Http.DeleteAsync("/simulator/faults/99", TestContext.Current.CancellationToken);
        (removed.StatusCode, unknown.StatusCode).ShouldBe((HttpStatusCode.NoContent, HttpStatusCode.NotFound));
        (await _simulation.StatusAsync(Answers.Polygon)).ShouldBe(HttpStatusCode.OK);
        (await _simulation.StatusAsync(Answers.Yahoo)).ShouldBe(HttpStatusCode.ServiceUnavailable);

        using var cleared = await _simulation.Http.DeleteAsync("/simulator/faults", TestContext.Current.CancellationToken);
        cleared.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _simulation.StatusAsync(Answers.Yahoo)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"provider":"yahoo"}""", "kind is missing")]
    [InlineData("""{"kind":"gremlins"}""", "kind 'gremlins' is none of rate_limited")]
    [InlineData("""{"kind":"hang","provider":"bloomberg"}""", "none of polygon, binance, binance-futures, yahoo")]
    [InlineData("""{"kind":"hang","endpoint":"quotes"}""", "endpoint 'quotes'")]
    [InlineData("""{"kind":"hang","rate":0}""", "rate is 0")]
    [InlineData("""{"kind":"hang","count":0}""", "count is 0")]
    [InlineData("""{"kind":"server_error","status":404}""", "500 to 599")]
    [InlineData("""{"kind":"hang","delay_seconds":-1}""", "delay_seconds")]
    [InlineData("""{"kind":"price_spike","factor":0}""", "factor")]
    [InlineData("""{"kind":"price_spike","bar_rate":2}""", "bar_rate")]
    public async Task What_is_no_fault_is_said_in_a_sentence(string body, string said)
    {
        using var response = await PostAsync(body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        ((string?)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["detail"])!.ShouldContain(said);
    }

    [Fact]
    public async Task A_misspelt_member_is_refused()
    {
        using var response = await PostAsync("""{"kind":"hang","provder":"yahoo"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _simulation.JsonAsync("/simulator/faults")).AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Settings_put_faults_in_force_from_the_start()
    {
        await using var simulation = await Simulation.StartAsync("Faults:0:Kind=server_error", "Faults:0:Provider=yahoo", "Faults:0:Status=502");

        (await simulation.StatusAsync(Answers.Yahoo)).ShouldBe(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Every_kind_is_explained_in_the_documents()
    {
        using var response = await PostAsync("""{"kind":"gremlins"}""");
        var detail = (string)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["detail"]!;
        var documents = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "simulator.md"), TestContext.Current.CancellationToken);

        var kinds = detail[(detail.IndexOf("none of ", StringComparison.Ordinal) + 8)..].TrimEnd('.').Split(", ");

        kinds.Length.ShouldBeGreaterThan(30);
        kinds.Where(kind => !documents.Contains($"| `{kind}` |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private Task<HttpResponseMessage> PostAsync(string body) => _simulation.Http.PostAsync(
        "/simulator/faults", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}
