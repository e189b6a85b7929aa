using System.Text.Json;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MarketData.Web.Tests.Fakes;

/// <summary>What the fake Api tells of single providers.</summary>
internal static class FakeProviders
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    public static void MapProviders(this RouteGroupBuilder api, Func<FakeWorld> world)
    {
        api.MapGet("/providers/{name}", (string name, string? window) => world().Circuits.Exists(circuit => circuit.Provider == name)
            ? Results.Ok(Detail(world(), name, window ?? "24h"))
            : Results.Problem(statusCode: 404, title: "There is no provider of this name."));
        api.MapGet("/providers/{name}/requests", (string name, bool? failed, string? symbol, int limit, string? cursor) => new ProviderRequestPage(
            [.. Requests(world(), name).Where(request => (failed is null || failed == request.Failure is not null) && (symbol is null || request.Symbol == symbol))
                .Skip(cursor is null ? 0 : limit).Take(limit)],
            cursor is null && failed is null && symbol is null ? "1.next" : null));
        api.MapPost("/providers/{name}/probe", (string name) => new ProviderCheckReport(
            "node-a", DateTimeOffset.UtcNow, [new(name, "key_refused", false, true, "does not accept the key.", "Set Providers:Polygon:ApiKey to a valid key.", null, null)]));
        api.MapPost("/providers/{name}/isolate", (string name, HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<IsolateRequest>((string)context.Items["body"]!, ApiJson.Options)!;
            world().Isolations.Add(new(name, DateTimeOffset.UtcNow, "Night operator", asked.Reason));
            return new ProviderSwitch(name, true, world().Isolations[^1]);
        });
        api.MapPost("/providers/{name}/restore", (string name) =>
        {
            world().Isolations.RemoveAll(isolation => isolation.Provider == name);
            var circuits = world().Circuits;
            for (var i = 0; i < circuits.Count; i++)
                circuits[i] = circuits[i].Provider == name ? circuits[i] with { CircuitState = "closed" } : circuits[i];
            return new ProviderSwitch(name, false, null);
        });
    }

    private static ProviderDetail Detail(FakeWorld world, string name, string window)
    {
        var hour = new DateTimeOffset(world.Now.UtcDateTime.Date.AddHours(world.Now.UtcDateTime.Hour), TimeSpan.Zero);
        var points = Enumerable.Range(0, 20).Select(back => new ProviderPoint(
            hour.AddMinutes(-15 * back), back == 4 ? 0 : 40 + back, back is 2 or 3 ? 12 : 0, back == 4 ? 31 : 0, back == 4 ? null : 80 + back, back == 4 ? null : 200 + 3 * back)).Reverse();
        CircuitTransition[] changes =
        [
            new(name, "node-a", "half_open", "closed", "The probe succeeded.", hour.AddMinutes(-40)), new(name, "node-a", "open", "half_open", "The break is over; one call probes.", hour.AddMinutes(-41)),
            new(name, "node-a", "closed", "open", "5 calls in a row failed.", hour.AddMinutes(-55)),
        ];
        return new(
            name, window, 900, new(name, 940, 31, 812, 23, 0.028, 84.2, 212.5, 128_450, 12_873, world.Circuits.Find(circuit => circuit.Provider == name)!.CircuitState, world.Now, "failed: HTTP 503"),
            world.Isolations.Find(isolation => isolation.Provider == name), [.. world.Circuits.Where(circuit => circuit.Provider == name)], [.. points], changes,
            [
                new("MSFT", "1d", world.Now.AddMinutes(-3), false, "failed: HTTP 503", world.Runs[0].JobId, Trace, "retrying", world.Now.AddMinutes(4), "yahoo"),
                new("JNJ", "1h", world.Now.AddMinutes(-9), true, "not asked, its circuit is open.", world.Runs[0].JobId, Trace, null, null, null),
            ],
            2);
    }

    private static IEnumerable<LoggedRequest> Requests(FakeWorld world, string name) => Enumerable.Range(0, 40).Select(back => new LoggedRequest(
        1000 - back, name, "node-a", back % 7 == 6 ? null : world.Runs[0].JobId, back % 7 == 6 ? null : 1 + (back % 2), back % 7 == 6 ? null : world.Symbols[back % 5].Symbol,
        back % 7 == 6 ? null : "1d", "GET", $"https://api.polygon.io/v2/aggs/ticker/{world.Symbols[back % 5].Symbol}/range/1/day/2024-01-01/2026-11-25?adjusted=false&limit=50000&apiKey=***",
        back % 5 == 2 ? 503 : back == 3 ? null : 200, back % 5 == 2 ? "transient" : back == 3 ? "timeout" : null, back % 5 == 2 ? "failed: HTTP 503 (upstream connect error)" : null,
        back == 3 ? null : 48_211, world.Now.AddSeconds(-7 * back), back == 3 ? 15_000 : 84 + back, Trace));
}
