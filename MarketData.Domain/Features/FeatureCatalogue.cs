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
        new Atr(AverageTrueRange.StandardLength),
        new RollingVolume(20),
        new TrendDirection(),
        new MarketStructure(),
        new Sma(20),
        new Ema(12),
        new Ema(26),
        new Rsi(14),
        new Macd(),
        new MacdSignal(),
        new BollingerBand(isUpper: true, BollingerBand.StandardLength),
        new BollingerBand(isUpper: false, BollingerBand.StandardLength),
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

    /// <summary>The features with a window of which other lengths than those of <see cref="All"/> can be had.</summary>
    public static IReadOnlyList<FeatureFamily> Families { get; } =
    [
        new("volatility", length => new Volatility(length)),
        new("atr", length => new Atr(length)),
        new("rolling_volume", length => new RollingVolume(length)),
        new("sma", length => new Sma(length)),
        new("ema", length => new Ema(length)),
        new("rsi", length => new Rsi(length)),
        new("bollinger_upper", length => new BollingerBand(isUpper: true, length)),
        new("bollinger_lower", length => new BollingerBand(isUpper: false, length)),
    ];

    private static readonly Feature[] Universal = [.. All.Where(feature => feature.Scope == FeatureScope.Universal)];

    /// <summary>The features computed for a class of instruments.</summary>
    public static IReadOnlyList<Feature> For(AssetClass assetClass) => assetClass == AssetClass.Crypto ? All : Universal;

    /// <summary>Whether a feature is one of <see cref="All"/>.</summary>
    public static bool IsStandard(Feature feature) => All.Contains(feature);

    /// <summary>The family that a feature is of; null where its window can't be chosen.</summary>
    public static FeatureFamily? FamilyOf(Feature feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        return Families.FirstOrDefault(family => family.Has(feature));
    }

    /// <summary>
    /// The feature that a request names, in any case: by its name, or by its family and the length of its window, <c>sma(50)</c> or
    /// <c>sma_50</c>; null when there is none.
    /// </summary>
    public static Feature? Parse(string? text)
    {
        var name = text?.Trim().ToLowerInvariant() ?? "";
        if (Find(name) is { } standard)
            return standard;
        var (family, length) = FeatureFamily.Split(name);
        return Families.FirstOrDefault(one => one.Name == family)?.Of(length) is { } found ? Find(found.Name) ?? found : null;
    }

    /// <summary>The feature of that name; null when there is none.</summary>
    public static Feature? Find(string name) => All.FirstOrDefault(feature => feature.Name == name);
}
