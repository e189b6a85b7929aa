using System.Net;

namespace MarketData.Simulator.Tests.Faults;

/// <summary>The same twenty or so days from each provider, which every fault is tried on.</summary>
internal static class Answers
{
    /// <summary>Polygon's.</summary>
    public static readonly string Polygon = Wire.Aggregates("AAPL", "1/day", "2026-02-02", "2026-02-27");

    /// <summary>Yahoo's.</summary>
    public static readonly string Yahoo = Wire.Chart("AAPL", "1d", Wire.Day(2026, 2, 2), Wire.Day(2026, 2, 28));

    /// <summary>Binance's.</summary>
    public static readonly string Binance =
        Wire.Klines("BTCUSDT", "1d", $"startTime={Wire.Day(2026, 2, 2).ToUnixTimeMilliseconds()}&endTime={Wire.Day(2026, 2, 28).ToUnixTimeMilliseconds() - 1}");

    /// <summary>Coinbase's.</summary>
    public static readonly string Coinbase = Wire.ProductCandles("BTC-USD", 86_400, Wire.Day(2026, 2, 2), Wire.Day(2026, 2, 27));

    /// <summary>A provider's by its name.</summary>
    public static string Of(string provider) => provider switch
    {
        "polygon" => Polygon,
        "yahoo" => Yahoo,
        "coinbase" => Coinbase,
        _ => Binance,
    };

    /// <summary>The status that a provider answers with.</summary>
    public static async Task<HttpStatusCode> StatusAsync(this Simulation simulation, string path)
    {
        using var response = await simulation.GetAsync(path);
        return response.StatusCode;
    }
}
