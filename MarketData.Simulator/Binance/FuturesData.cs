using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>What Binance tells of perpetual futures: funding, open interest, who is long, who takes.</summary>
internal static class FuturesData
{
    private const long Hour = 3_600_000;
    private const long FundingPeriod = 8 * Hour;
    private const long Kept = 30 * 24 * Hour;

    /// <summary>How long the history of a statistic may reach past <see cref="Kept"/> before Binance refuses.</summary>
    private const long Tolerance = 24 * Hour;

    /// <summary><c>/fapi/v1/fundingRate</c>: every eight hours, oldest first.</summary>
    public static async Task GetFundingRates(HttpContext context, SimulatedMarket market)
    {
        if (await BinanceQuery.ReadAsync(context, Provider.BinanceFutures, null, defaultLimit: 100, maxLimit: 1000) is not { } query)
        {
            return;
        }

        var end = Math.Min(query.End ?? market.Now, market.Now);
        var start = query.Start ?? Math.Max(0, end - (query.Limit + 1) * FundingPeriod);
        var bars = Prices(market, query, FundingPeriod, start, end);
        await Write(context, query.Start is null ? bars.TakeLast(query.Limit) : bars.Take(query.Limit), (json, row) =>
        {
            var bar = row.Bar;
            json.WriteString("symbol", query.Symbol);
            json.WriteNumber("fundingTime", bar.Time);
            WriteQuoted(json, "fundingRate", Microstructure.FundingRate(query.History, bar.Time), row.Style);
            WriteQuoted(json, "markPrice", bar.Open, row.Style);
        });
    }

    /// <summary><c>/futures/data/openInterestHist</c>: the last 30 days.</summary>
    public static Task GetOpenInterest(HttpContext context, SimulatedMarket market) => GetStatistic(context, market, (json, query, row) =>
    {
        var bar = row.Bar;
        var openInterest = Math.Round(Microstructure.OpenInterest(query.History, bar.Time), 3);
        json.WriteString("symbol", query.Symbol);
        WriteQuoted(json, "sumOpenInterest", openInterest, row.Style);
        WriteQuoted(json, "sumOpenInterestValue", openInterest * bar.Open, row.Style);
        json.WriteNumber("timestamp", bar.Time);
    });

    /// <summary><c>/futures/data/globalLongShortAccountRatio</c>: the last 30 days.</summary>
    public static Task GetLongShortRatios(HttpContext context, SimulatedMarket market) => GetStatistic(context, market, (json, query, row) =>
    {
        var bar = row.Bar;
        var longs = Math.Round(Microstructure.LongAccounts(query.History, bar.Time), 4);
        json.WriteString("symbol", query.Symbol);
        WriteShort(json, "longAccount", longs, row.Style);
        WriteShort(json, "longShortRatio", longs / (1 - longs), row.Style);
        WriteShort(json, "shortAccount", 1 - longs, row.Style);
        json.WriteNumber("timestamp", bar.Time);
    });

    /// <summary><c>/futures/data/takerlongshortRatio</c>: the last 30 days.</summary>
    public static Task GetTakerRatios(HttpContext context, SimulatedMarket market) => GetStatistic(context, market, (json, query, row) =>
    {
        var bar = row.Bar;
        var sold = bar.Volume - bar.TakerVolume;
        WriteShort(json, "buySellRatio", sold > 0 ? bar.TakerVolume / sold : 0, row.Style);
        WriteShort(json, "sellVol", sold, row.Style);
        WriteShort(json, "buyVol", bar.TakerVolume, row.Style);
        json.WriteNumber("timestamp", bar.Time);
    });

    private static async Task GetStatistic(HttpContext context, SimulatedMarket market, Action<Utf8JsonWriter, BinanceQuery, Row> write)
    {
        if (await BinanceQuery.ReadAsync(context, Provider.BinanceFutures, "period", defaultLimit: 30, maxLimit: 500) is not { } query)
        {
            return;
        }

        var earliest = market.Now - Kept;
        if (query.Start < earliest - Tolerance)
        {
            await BinanceErrors.InvalidData(context, "startTime");
            return;
        }

        var end = Math.Min(query.End ?? market.Now, market.Now);
        var start = Math.Max(query.Start ?? end - (query.Limit + 1) * query.Length, earliest);
        await Write(context, Prices(market, query, query.Length, start, end).TakeLast(query.Limit), (json, row) => write(json, query, row));
    }

    /// <summary>The pair's bars on the statistic's grid, which give its instants and the price at each.</summary>
    private static IEnumerable<Bar> Prices(SimulatedMarket market, BinanceQuery query, long length, long start, long end)
    {
        if (start > end)
        {
            return [];
        }

        var from = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(start).UtcDateTime);
        var to = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(end).UtcDateTime);
        return market.Intraday(query.History, from, to, length, day => day.Opens, extended: false).Where(bar => bar.Time >= start && bar.Time <= end);
    }

    private static async Task Write(HttpContext context, IEnumerable<Bar> bars, Action<Utf8JsonWriter, Row> write)
    {
        var faults = AnswerFaults.Of(context);
        List<Row> rows = [.. bars.Select(bar => new Row { Stamp = bar.Time, Bar = bar })];
        var now = context.RequestServices.GetRequiredService<SimulatedMarket>().Now;
        BarFaults.Apply(rows, faults, new AnswerScene(Provider.BinanceFutures, FundingPeriod, now, now));
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            write(json, row with { Bar = row.Bar with { Time = row.Stamp } });
            json.WriteEndObject();
            await json.FlushWhenFullAsync(context);
        }

        json.WriteEndArray();
    }

    private static void WriteQuoted(Utf8JsonWriter json, string name, double value, NumberStyle style)
    {
        json.WritePropertyName(name);
        json.WriteQuoted(value, style);
    }

    private static void WriteShort(Utf8JsonWriter json, string name, double value, NumberStyle style)
    {
        json.WritePropertyName(name);
        json.WriteQuoted(value, style, decimals: 4);
    }
}
