using System.Text.Json;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MarketData.Web.Tests.Fakes;

/// <summary>Watchlists of the fake Api, and the symbols that are deleted from it.</summary>
internal static class FakeWatchlists
{
    public static void Map(IEndpointRouteBuilder api, Func<FakeWorld> world)
    {
        api.MapGet("/watchlists", () => new WatchlistList([.. world().Watchlists.OrderBy(list => list.Name, StringComparer.Ordinal)]));
        api.MapPut("/watchlists/{name}", (string name, HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<WatchlistContent>((string)context.Items["body"]!, ApiJson.Options)!;
            name = name.ToLowerInvariant();
            world().Watchlists.RemoveAll(list => list.Name == name);
            var list = new Watchlist(name, [.. asked.Symbols!.Order(StringComparer.Ordinal)], world().Now, world().Now, "Night operator");
            world().Watchlists.Add(list);
            return list;
        });
        api.MapDelete("/watchlists/{name}", (string name) =>
        {
            var list = world().Watchlists.Find(one => one.Name == name);
            world().Watchlists.RemoveAll(one => one.Name == name);
            return list;
        });
    }

    public static bool Has(FakeWorld world, string? watchlist, DetailedSymbol symbol) =>
        watchlist is null || world.Watchlists.Exists(list => list.Name == watchlist && list.Symbols.Contains(symbol.Symbol));

    public static IResult Purge(FakeWorld world, string symbol)
    {
        if (world.Busy.Remove(symbol))
            return Results.Problem(statusCode: 409, title: "The symbol is busy.", detail: $"{symbol} is being enriched. It is deactivated now; delete its data when that has ended.");
        world.Symbols.RemoveAll(one => one.Symbol == symbol);
        return Results.Ok(new SymbolRemoved(symbol, "purged", 504));
    }
}
