using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests;

/// <summary>Addresses and fields of the providers' wire formats.</summary>
internal static class Wire
{
    /// <summary>Polygon's bars of a range.</summary>
    public static string Aggregates(string ticker, string span, string from, string to, string query = "limit=50000") =>
        $"/polygon/v2/aggs/ticker/{ticker}/range/{span}/{from}/{to}?{query}";

    /// <summary>Binance's klines.</summary>
    public static string Klines(string symbol, string interval, string query = "") => $"/binance/api/v3/klines?symbol={symbol}&interval={interval}&{query}";

    /// <summary>Coinbase's candles of a range.</summary>
    public static string ProductCandles(string product, int granularity, DateTimeOffset start, DateTimeOffset end) =>
        $"/coinbase/products/{product}/candles?granularity={granularity}&start={start:yyyy-MM-dd'T'HH:mm:ss'Z'}&end={end:yyyy-MM-dd'T'HH:mm:ss'Z'}";

    /// <summary>Alpaca's bars of a range, both ends included.</summary>
    public static string StockBars(string symbols, string timeframe, string start, string end, string query = "limit=10000") =>
        $"/alpaca/v2/stocks/bars?symbols={symbols}&timeframe={timeframe}&start={start}&end={end}&{query}";

    /// <summary>Yahoo's chart of a range.</summary>
    public static string Chart(string symbol, string interval, DateTimeOffset from, DateTimeOffset to, string query = "") =>
        $"/yahoo/v8/finance/chart/{Uri.EscapeDataString(symbol)}?interval={interval}&period1={from.ToUnixTimeSeconds()}&period2={to.ToUnixTimeSeconds()}&{query}";

    /// <summary>The names of an object's members.</summary>
    public static string[] Names(this JsonNode? node) => [.. node!.AsObject().Select(member => member.Key)];

    /// <summary>The bars in an answer of Polygon's; none when there is no <c>results</c>.</summary>
    public static JsonArray Results(this JsonNode answer) => answer["results"]?.AsArray() ?? [];

    /// <summary>A Polygon bar's opening instant.</summary>
    public static DateTimeOffset Opens(this JsonNode? bar) => DateTimeOffset.FromUnixTimeMilliseconds((long)bar!["t"]!);

    /// <summary>The one result in a chart of Yahoo's.</summary>
    public static JsonNode Result(this JsonNode chart) => chart["chart"]!["result"]!.AsArray().Single()!;

    /// <summary>Yahoo's stamps.</summary>
    public static DateTimeOffset[] Stamps(this JsonNode result) =>
        [.. result["timestamp"]?.AsArray().Select(stamp => DateTimeOffset.FromUnixTimeSeconds((long)stamp!)) ?? []];

    /// <summary>One of Yahoo's columns.</summary>
    public static double?[] Column(this JsonNode result, string name) =>
        [.. result["indicators"]!["quote"]![0]![name]!.AsArray().Select(value => (double?)value)];

    /// <summary>Midnight, UTC.</summary>
    public static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
