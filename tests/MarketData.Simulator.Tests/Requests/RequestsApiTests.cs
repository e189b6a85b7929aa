using System.Net;
using System.Net.Http.Json;
using MarketData.Simulator.Tests.Faults;

namespace MarketData.Simulator.Tests.Requests;

public sealed class RequestsApiTests : IAsyncLifetime
{
    private Simulation _simulation = null!;

    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync();

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Fact]
    public async Task Requests_are_counted_by_provider_status_and_endpoint()
    {
        await _simulation.FaultAsync(new { kind = "server_error", provider = "polygon", endpoint = "candles", count = 1 });
        await _simulation.StatusAsync(Answers.Polygon);
        await _simulation.StatusAsync(Answers.Polygon);
        await _simulation.StatusAsync("/polygon/v3/reference/splits?ticker=AAPL");

        var polygon = (await _simulation.JsonAsync("/simulator/requests?provider=polygon&window_seconds=10")).AsArray().Single()!;
        var yahoo = (await _simulation.JsonAsync("/simulator/requests?provider=yahoo")).AsArray().Single()!;

        ((int)polygon["total"]!, (int)polygon["max_in_60_seconds"]!, (int)polygon["max_in_window"]!).ShouldBe((3, 3, 3));
        ((int)polygon["by_status"]!["200"]!, (int)polygon["by_status"]!["503"]!).ShouldBe((2, 1));
        ((int)polygon["by_endpoint"]!["candles"]!, (int)polygon["by_endpoint"]!["splits"]!).ShouldBe((2, 1));
        ((int)yahoo["total"]!).ShouldBe(0);

        await _simulation.Http.DeleteAsync("/simulator/requests", TestContext.Current.CancellationToken);
        ((int)(await _simulation.JsonAsync("/simulator/requests?provider=polygon")).AsArray().Single()!["total"]!).ShouldBe(0);
    }

    [Fact]
    public async Task A_quota_holds_until_it_is_lifted()
    {
        await SetAsync(new { provider = "polygon", requests_per_minute = 2 }, HttpStatusCode.OK);
        var statuses = new List<int>();
        for (var request = 0; request < 3; request++)
            statuses.Add((int)await _simulation.StatusAsync(Answers.Polygon));
        await SetAsync(new { provider = "polygon", requests_per_minute = (int?)null }, HttpStatusCode.OK);

        statuses.ShouldBe([200, 200, 429]);
        (await _simulation.StatusAsync(Answers.Polygon)).ShouldBe(HttpStatusCode.OK);
        await SetAsync(new { provider = "polygon", requests_per_minute = 0 }, HttpStatusCode.BadRequest);
    }

    private async Task SetAsync(object quota, HttpStatusCode status)
    {
        using var response = await _simulation.Http.PutAsJsonAsync("/simulator/quotas", quota, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status);
    }
}
