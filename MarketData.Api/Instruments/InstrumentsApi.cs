using MarketData.Api.Errors;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Instruments;

/// <summary>What each tracked symbol is, and where that is known from: <c>/api/v1/instruments</c>.</summary>
public static class InstrumentsApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapInstruments(this RouteGroupBuilder api)
    {
        var instruments = api.MapGroup("/instruments").WithTags("Data");
        instruments.MapGet("/", GetAll).WithName("GetInstruments").WithSummary("Exchange, currency, clock and name of every symbol");
        instruments.MapGet("/{symbol}", GetOne).WithName("GetInstrument")
            .WithSummary("One symbol: what it is, where each fact comes from, and what providers call it");
        return api;
    }

    private static async Task<Ok<InstrumentList>> GetAll(SymbolStore store, CancellationToken cancellationToken)
    {
        var all = await store.ReadAllAsync(new SymbolFilter(), cancellationToken);
        return TypedResults.Ok(new InstrumentList(all, all.Count));
    }

    private static async Task<Results<Ok<InstrumentDetails>, ProblemHttpResult>> GetOne(
        Symbol symbol, InstrumentReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(symbol, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : Problems.NotTracked(symbol);
}
