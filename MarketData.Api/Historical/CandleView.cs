using System.Text.Json;

namespace MarketData.Api.Historical;

/// <summary>One candle. The microstructure fields are there for crypto only, and <see cref="Features"/> with <c>features=true</c>.</summary>
public sealed record CandleView
{
    /// <summary>Opening instant, UTC.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>First price.</summary>
    public required double Open { get; init; }

    /// <summary>Highest price.</summary>
    public required double High { get; init; }

    /// <summary>Lowest price.</summary>
    public required double Low { get; init; }

    /// <summary>Last price.</summary>
    public required double Close { get; init; }

    /// <summary>Units traded.</summary>
    public required double Volume { get; init; }

    /// <summary>Volume-weighted average price.</summary>
    public required double? Vwap { get; init; }

    /// <summary>Trades.</summary>
    public required long? TradeCount { get; init; }

    /// <summary>Open interest of the perpetual future, base units.</summary>
    public double? OpenInterest { get; init; }

    /// <summary>Funding rate, a fraction per funding period.</summary>
    public double? FundingRate { get; init; }

    /// <summary>Accounts net long ÷ accounts net short.</summary>
    public double? LongShortRatio { get; init; }

    /// <summary>Long positions liquidated, base units.</summary>
    public double? LongLiquidations { get; init; }

    /// <summary>Short positions liquidated, base units.</summary>
    public double? ShortLiquidations { get; init; }

    /// <summary>Volume bought by takers, base units.</summary>
    public double? TakerBuyVolume { get; init; }

    /// <summary>Volume sold by takers, base units.</summary>
    public double? TakerSellVolume { get; init; }

    /// <summary>Who supplied it.</summary>
    public required string Source { get; init; }

    /// <summary>Whether its score is at least 0.85.</summary>
    public required bool IsValidated { get; init; }

    /// <summary>Its score, 0 to 1.</summary>
    public required double QualityScore { get; init; }

    /// <summary>The ids of the rules that fired.</summary>
    public required IReadOnlyList<string> ValidationNotes { get; init; }

    /// <summary>Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Features { get; init; }
}
