using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>Every feature, once: the columns of the database and of exports, the API and the documentation follow it.</summary>
public static class FeatureCatalogue
{
    /// <summary>All features, in the order in which they are shown.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new Return1h(),
        new Return1d(),
        new Volatility(20),
        new Volatility(50),
        new Atr(),
        new RollingVolume20(),
        new TrendDirection(),
        new MarketStructure(),
        new Sma20(),
        new Ema(12),
        new Ema(26),
        new Rsi14(),
        new Macd(),
        new MacdSignal(),
        new BollingerBand(isUpper: true),
        new BollingerBand(isUpper: false),
        new Vwap(),
        new Obv(),
        new Delta(),
        new BuySellRatio(),
        new VolumeSpikeScore(),
        new LiquidationIntensity(),
        new LongShortRatio(),
        new OpenInterestChange(),
        new FundingRatePercentile(),
        new ExchangeInflow(),
    ];

    private static readonly Feature[] Universal = [.. All.Where(feature => feature.Scope == FeatureScope.Universal)];

    /// <summary>The features computed for a class of instruments.</summary>
    public static IReadOnlyList<Feature> For(AssetClass assetClass) => assetClass == AssetClass.Crypto ? All : Universal;

    /// <summary>The feature of that name; null when there is none.</summary>
    public static Feature? Find(string name) => All.FirstOrDefault(feature => feature.Name == name);
}
