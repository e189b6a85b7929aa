namespace MarketData.Domain.Features;

/// <summary>Coins that flowed to exchanges, in base units; null, since none of the providers supplies it.</summary>
public sealed class ExchangeInflow() : Feature(
    "exchange_inflow", 1, 0, ["exchange_inflow"], "As a provider gives it; null where none does.", "Glassnode, Exchange metrics documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => WindowComputation.Nothing;
}
