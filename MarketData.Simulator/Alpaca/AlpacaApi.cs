using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Alpaca;

/// <summary>Alpaca's market data under <c>/alpaca</c> as its free plan serves them: bars of many symbols, and corporate actions.</summary>
internal static class AlpacaApi
{
    private const long FreePlanDelay = 15 * 60_000;

    /// <summary>Maps the routes.</summary>
    public static void MapAlpaca(this IEndpointRouteBuilder app)
    {
        var alpaca = app.MapGroup("/alpaca").AddEndpointFilter(RequireKey);
        alpaca.MapGet("/v2/stocks/bars", GetBars).WithMetadata(new ProviderEndpoint(Provider.Alpaca, EndpointKind.Candles));
        alpaca.MapGet("/v1/corporate-actions", CorporateActions.Get)
            .WithMetadata(new ProviderEndpoint(Provider.Alpaca, EndpointKind.CorporateActions));
    }

    private static async ValueTask<object?> RequireKey(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var options = context.RequestServices.GetRequiredService<SimulatorOptions>();
        var (key, secret) = (context.Request.Headers["APCA-API-KEY-ID"].ToString(), context.Request.Headers["APCA-API-SECRET-KEY"].ToString());
        if (key.Length == 0 || secret.Length == 0
            || (options.AlpacaApiKey is { } expected && key != expected)
            || (options.AlpacaApiSecret is { } expectedSecret && secret != expectedSecret))
        {
            await AlpacaErrors.Unauthorized(context);
            return Results.Empty;
        }

        return await next(invocation);
    }

    private static async Task GetBars(HttpContext context, SimulatedMarket market, StockBars bars)
    {
        var (query, problem) = StockBarsQuery.Read(context.Request.Query, market.Now, market.Today);
        if (query is null)
        {
            await AlpacaErrors.BadRequest(context, problem!);
            return;
        }

        if (query.IsSip && query.End > market.Now - FreePlanDelay)
        {
            await AlpacaErrors.TooRecent(context);
            return;
        }

        var page = StockBarsPage.Take(bars, query);
        var faults = AnswerFaults.Of(context);
        foreach (var (symbol, rows) in page.Rows)
        {
            var before = symbol == query.After?.Symbol ? page.Before : null;
            BarFaults.Apply(rows, faults.For(symbol), new AnswerScene(Provider.Alpaca, query.Step, market.Now, query.End, before));
        }

        await Write(context, page, faults);
    }

    private static async Task Write(HttpContext context, StockBarsPage page, AnswerFaults faults)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("bars");
        foreach (var (symbol, rows) in page.Rows.Where(one => one.Rows.Count > 0))
        {
            json.WriteStartArray(faults.For(symbol).Has(FaultKind.OtherInstrument) ? symbol + "W" : symbol);
            foreach (var row in rows)
            {
                WriteBar(json, row);
                await json.FlushWhenFullAsync(context);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteString("next_page_token", page.NextToken);
        json.WriteString("currency", "USD");
        json.WriteEndObject();
    }

    private static void WriteBar(Utf8JsonWriter json, in Row row)
    {
        var bar = row.Bar;
        json.WriteStartObject();
        json.WritePropertyName("c"u8);
        json.WriteNumber(bar.Close, row.Style);
        json.WritePropertyName("h"u8);
        json.WriteNumber(bar.High, row.Style);
        json.WritePropertyName("l"u8);
        json.WriteNumber(bar.Low, row.Style);
        json.WriteNumber("n"u8, bar.Trades);
        json.WritePropertyName("o"u8);
        json.WriteNumber(bar.Open, row.Style);
        json.WriteString("t"u8, DateTimeOffset.FromUnixTimeMilliseconds(row.Stamp).UtcDateTime);
        json.WritePropertyName("v"u8);
        json.WriteNumber(Math.Round(bar.Volume, 8), row.Style);
        json.WritePropertyName("vw"u8);
        json.WriteNumber(Math.Round(bar.Vwap, 6), row.Style);
        json.WriteEndObject();
    }
}
