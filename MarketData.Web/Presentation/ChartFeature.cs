using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>One thing that can be drawn over or below the candles.</summary>
/// <param name="Id">Its name in the page's address.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Names">The features it draws, by the names of the Api.</param>
/// <param name="Pane">Whether it has a pane of its own; else it is drawn on the candles' scale.</param>
/// <param name="Percent">Whether its values are rates, shown as percentages.</param>
/// <param name="Bounds">Levels to draw in a scale that goes from 0 to 100.</param>
public sealed record ChartFeature(
    string Id, string Label, IReadOnlyList<string> Names, bool Pane, bool Percent = false, IReadOnlyList<double>? Bounds = null)
{
    // What lies on the candles has a colour to itself, whatever else is shown: not that of rising candles (3), nor of a second symbol (7).
    private static readonly Dictionary<string, int> Overlays = new()
    {
        ["sma_20"] = 1,
        ["ema_12"] = 2,
        ["ema_26"] = 4,
        ["bollinger_upper"] = 5,
        ["bollinger_lower"] = 5,
        ["vwap"] = 6,
    };

    private static readonly ChartFeature[] Known =
    [
        new("sma", "SMA 20", ["sma_20"], false),
        new("ema", "EMA 12, 26", ["ema_12", "ema_26"], false),
        new("bollinger", "Bollinger", ["bollinger_upper", "bollinger_lower"], false),
        new("vwap", "VWAP", ["vwap"], false),
        new("rsi", "RSI 14", ["rsi_14"], true, Bounds: [30, 70]),
        new("macd", "MACD", ["macd", "macd_signal"], true),
        new("atr", "ATR 14", ["atr"], true),
        new("volatility", "Volatility 20, 50", ["volatility_20", "volatility_50"], true, Percent: true),
        new("return", "Return 1d", ["return_1d"], true, Percent: true),
        new("return_1h", "Return 1h", ["return_1h"], true, Percent: true),
        new("rolling_volume", "Volume, mean of 20", ["rolling_volume_20"], true),
        new("obv", "On-balance volume", ["obv"], true),
        new("trend", "Trend", ["trend_direction"], true),
        new("structure", "Market structure", ["market_structure"], true),
        new("delta", "Delta", ["delta"], true),
        new("buy_sell_ratio", "Buy/sell ratio", ["buy_sell_ratio"], true),
        new("volume_spike", "Volume spike", ["volume_spike_score"], true),
        new("liquidations", "Liquidation intensity", ["liquidation_intensity"], true, Percent: true),
        new("long_short", "Long/short ratio", ["long_short_ratio"], true),
        new("open_interest", "Open interest change", ["open_interest_change"], true, Percent: true),
        new("funding", "Funding rate rank", ["funding_rate_percentile"], true, Percent: true),
        new("inflow", "Exchange inflow", ["exchange_inflow"], true),
    ];

    /// <summary>The number of each line's colour in the theme, 1 to 7.</summary>
    public IReadOnlyList<int> Tones => [.. Names.Select((name, i) => Pane ? i + 1 : Overlays[name])];

    private static readonly HashSet<string> ForCryptoOnly =
    [
        "delta", "buy_sell_ratio", "volume_spike_score", "liquidation_intensity", "long_short_ratio", "open_interest_change",
        "funding_rate_percentile", "exchange_inflow",
    ];

    /// <summary>
    /// What can be drawn of a symbol: what the Api's catalogue has, grouped and named where it is known here, else by itself in a
    /// pane under its own name.
    /// </summary>
    public static IReadOnlyList<ChartFeature> For(string assetClass, IEnumerable<Feature> catalogue)
    {
        var names = catalogue.Select(feature => feature.Name).Where(name => assetClass == "crypto" || !ForCryptoOnly.Contains(name))
            .ToList();
        var grouped = Known.Where(known => known.Names.All(names.Contains)).ToList();
        var rest = names.Except(grouped.SelectMany(group => group.Names))
            .Select(name => new ChartFeature(name, char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' '), [name], true));
        return [.. grouped, .. rest];
    }
}
