using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>Binance's spot klines and list of pairs under <c>/binance</c> and its futures' market data under <c>/binance-futures</c>.</summary>
internal static class BinanceApi
{
    private const int MaxKlines = 1000;

    /// <summary>Maps the routes.</summary>
    public static void MapBinance(this IEndpointRouteBuilder app)
    {
        app.MapGet("/binance/api/v3/klines", GetKlines)
            .WithMetadata(new ProviderEndpoint(Provider.Binance, EndpointKind.Candles));

        app.MapGet("/binance/api/v3/exchangeInfo", ExchangeInfo.Get)
            .WithMetadata(new ProviderEndpoint(Provider.Binance, EndpointKind.ExchangeInfo));

        var futures = app.MapGroup("/binance-futures");
        futures.MapGet("/fapi/v1/fundingRate", FuturesData.GetFundingRates)
            .WithMetadata(new ProviderEndpoint(Provider.BinanceFutures, EndpointKind.FundingRate));
        futures.MapGet("/futures/data/openInterestHist", FuturesData.GetOpenInterest)
            .WithMetadata(new ProviderEndpoint(Provider.BinanceFutures, EndpointKind.OpenInterest));
        futures.MapGet("/futures/data/globalLongShortAccountRatio", FuturesData.GetLongShortRatios)
            .WithMetadata(new ProviderEndpoint(Provider.BinanceFutures, EndpointKind.LongShortRatio));
        futures.MapGet("/futures/data/takerlongshortRatio", FuturesData.GetTakerRatios)
            .WithMetadata(new ProviderEndpoint(Provider.BinanceFutures, EndpointKind.TakerRatio));
    }

    private static async Task GetKlines(HttpContext context, SimulatedMarket market, Klines klines)
    {
        if (await BinanceQuery.ReadAsync(context, Provider.Binance, "interval", defaultLimit: 500, MaxKlines) is not { } query)
        {
            return;
        }

        var now = market.Now;
        var end = Math.Min(query.End ?? now, now);
        var bars = query.Start is { } start
            ? klines.Bars(query.History, query.Length, start, end).Take(query.Limit)
            : klines.Bars(query.History, query.Length, end - (query.Limit + 1) * query.Length, end).TakeLast(query.Limit);
        List<Row> rows = [.. bars.Select(bar => new Row { Stamp = bar.Time, Bar = bar })];
        BarFaults.Apply(rows, AnswerFaults.Of(context), new AnswerScene(Provider.Binance, query.Length, now, query.End ?? now, Before(query, rows)));
        await Write(context, query, rows);
    }

    private static Row? Before(BinanceQuery query, List<Row> rows) =>
        query.Start is null || rows.Count == 0 ? null : rows[0] with { Stamp = rows[0].Stamp - query.Length };

    private static async Task Write(HttpContext context, BinanceQuery query, List<Row> rows)
    {
        context.Response.ContentType = "application/json;charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartArray();
        foreach (var row in rows)
        {
            WriteKline(json, query, row);
            await json.FlushWhenFullAsync(context);
        }

        json.WriteEndArray();
    }

    private static void WriteKline(Utf8JsonWriter json, BinanceQuery query, in Row row)
    {
        var bar = row.Bar;
        json.WriteStartArray();
        json.WriteNumberValue(row.Stamp);
        json.WriteQuoted(bar.Open, row.Style);
        json.WriteQuoted(bar.High, row.Style);
        json.WriteQuoted(bar.Low, row.Style);
        json.WriteQuoted(bar.Close, row.Style);
        json.WriteQuoted(bar.Volume, row.Style);
        json.WriteNumberValue(KlineIntervals.Next(row.Stamp, query.Length) - 1);
        json.WriteQuoted(bar.Turnover, row.Style);
        json.WriteNumberValue(bar.Trades);
        json.WriteQuoted(bar.TakerVolume, row.Style);
        json.WriteQuoted(bar.TakerVolume * bar.Vwap, row.Style);
        json.WriteStringValue("0"u8);
        json.WriteEndArray();
    }
}
