using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>Polygon's REST API under <c>/polygon</c>, as far as candles and corporate actions go.</summary>
internal static class PolygonApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapPolygon(this IEndpointRouteBuilder app)
    {
        var polygon = app.MapGroup("/polygon").AddEndpointFilter(RequireKey);
        polygon.MapGet("/v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}", GetAggregates)
            .WithMetadata(new ProviderEndpoint(Provider.Polygon, EndpointKind.Candles));
        polygon.MapGet("/v3/reference/splits", PolygonReference.GetSplits)
            .WithMetadata(new ProviderEndpoint(Provider.Polygon, EndpointKind.Splits));
        polygon.MapGet("/v3/reference/dividends", PolygonReference.GetDividends)
            .WithMetadata(new ProviderEndpoint(Provider.Polygon, EndpointKind.Dividends));
        polygon.MapGet("/v3/reference/tickers/{ticker}", PolygonTickers.GetDetails)
            .WithMetadata(new ProviderEndpoint(Provider.Polygon, EndpointKind.TickerDetails));
        polygon.MapGet("/vX/reference/tickers/{ticker}/events", PolygonTickers.GetEvents)
            .WithMetadata(new ProviderEndpoint(Provider.Polygon, EndpointKind.TickerEvents));
    }

    private static async ValueTask<object?> RequireKey(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var options = context.RequestServices.GetRequiredService<SimulatorOptions>();
        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..].Trim() : context.Request.Query["apiKey"].ToString();
        if (key.Length == 0)
        {
            await PolygonErrors.MissingKey(context);
            return Results.Empty;
        }

        if (options.PolygonApiKey is { } expected && key != expected)
        {
            await PolygonErrors.UnknownKey(context);
            return Results.Empty;
        }

        return await next(invocation);
    }

    private static async Task GetAggregates(HttpContext context, SimulatedMarket market, Aggregates aggregates)
    {
        var (query, problem) = AggregatesQuery.Read(context.Request);
        if (query is null)
        {
            await PolygonErrors.BadRequest(context, problem!);
            return;
        }

        var faults = AnswerFaults.Of(context);
        if (faults.All.Any(fault => fault.Kind == FaultKind.PlanLimit && fault.Reaches(BeginOf(query))))
        {
            await PolygonErrors.NotInPlan(context);
            return;
        }

        // An unknown ticker is no error for Polygon: there is just nothing of it.
        var bars = TickerTimeline.Companies(market, query.Ticker).SelectMany(history => aggregates.Bars(history, query));
        var page = AggregatesPage.Take(query.Descending ? bars.Reverse() : bars, query);
        BarFaults.Apply(page.Rows, faults, new AnswerScene(Provider.Polygon, query.Step, market.Now, EndOf(query), Before(query, page)));
        await Write(context, faults.Has(FaultKind.OtherInstrument) ? query with { Ticker = query.Ticker + "W" } : query, page);
    }

    private static long BeginOf(AggregatesQuery query) =>
        query.After ?? new DateTimeOffset(query.FirstDay.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static long EndOf(AggregatesQuery query) =>
        query.Until ?? new DateTimeOffset(query.LastDay.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static Row? Before(AggregatesQuery query, AggregatesPage page)
    {
        if (!query.IsContinued || page.Rows.Count == 0)
        {
            return null;
        }

        var first = page.Rows[0];
        return first with { Stamp = first.Stamp - query.Step };
    }

    private static async Task Write(HttpContext context, AggregatesQuery query, AggregatesPage page)
    {
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteString("ticker", query.Ticker);
        json.WriteNumber("queryCount", page.BaseCount);
        json.WriteNumber("resultsCount", page.Rows.Count);
        json.WriteBoolean("adjusted", query.Adjusted);
        if (page.Rows.Count > 0)
        {
            json.WriteStartArray("results");
            foreach (var row in page.Rows)
            {
                WriteBar(json, row);
                await json.FlushWhenFullAsync(context);
            }

            json.WriteEndArray();
        }

        json.WriteString("status", "OK");
        json.WriteString("request_id", PolygonErrors.RequestId());
        json.WriteNumber("count", page.Rows.Count);
        if (page.Next is { } border)
        {
            json.WriteString("next_url", query.Next(context.Request, border));
        }

        json.WriteEndObject();
    }

    private static void WriteBar(Utf8JsonWriter json, in Row row)
    {
        var bar = row.Bar;
        json.WriteStartObject();
        json.WritePropertyName("v"u8);
        json.WriteNumber(Math.Round(bar.Volume, 8), row.Style);
        json.WritePropertyName("vw"u8);
        json.WriteNumber(Math.Round(bar.Vwap, 4), row.Style);
        json.WritePropertyName("o"u8);
        json.WriteNumber(bar.Open, row.Style);
        json.WritePropertyName("c"u8);
        json.WriteNumber(bar.Close, row.Style);
        json.WritePropertyName("h"u8);
        json.WriteNumber(bar.High, row.Style);
        json.WritePropertyName("l"u8);
        json.WriteNumber(bar.Low, row.Style);
        json.WriteNumber("t"u8, row.Stamp);
        json.WriteNumber("n"u8, bar.Trades);
        json.WriteEndObject();
    }
}
