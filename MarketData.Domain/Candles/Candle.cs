namespace MarketData.Domain.Candles;

/// <summary>
/// One bar of trading as a provider gave it, prices as traded (not adjusted for splits or dividends).
/// What a provider does not supply is <see cref="double.NaN"/> here and null outside.
/// </summary>
public readonly record struct Candle
{
    /// <summary>The bar's opening instant, UTC; for <c>1d</c> and <c>1w</c> 00:00 UTC of its date (its Monday).</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>First traded price.</summary>
    public required double Open { get; init; }

    /// <summary>Highest traded price.</summary>
    public required double High { get; init; }

    /// <summary>Lowest traded price.</summary>
    public required double Low { get; init; }

    /// <summary>Last traded price.</summary>
    public required double Close { get; init; }

    /// <summary>Units traded: shares, or the base currency of a crypto pair.</summary>
    public required double Volume { get; init; }

    /// <summary>The provider's volume-weighted average price of the bar; NaN when not supplied.</summary>
    public double Vwap { get; init; } = double.NaN;

    /// <summary>Number of trades in the bar; null when not supplied.</summary>
    public long? TradeCount { get; init; }

    /// <summary>Base volume bought by takers; NaN when not supplied.</summary>
    public double TakerBuyVolume { get; init; } = double.NaN;

    /// <summary>Base volume sold by takers; NaN when not supplied.</summary>
    public double TakerSellVolume { get; init; } = double.NaN;

    /// <summary>Open interest of the perpetual future at the bar's close, base units; NaN when not supplied.</summary>
    public double OpenInterest { get; init; } = double.NaN;

    /// <summary>Funding rate in force at the bar's close, as a fraction per funding period; NaN when not supplied.</summary>
    public double FundingRate { get; init; } = double.NaN;

    /// <summary>Ratio of accounts net long to net short; NaN when not supplied.</summary>
    public double LongShortRatio { get; init; } = double.NaN;

    /// <summary>Long positions liquidated within the bar, base units; NaN when not supplied.</summary>
    public double LongLiquidations { get; init; } = double.NaN;

    /// <summary>Short positions liquidated within the bar, base units; NaN when not supplied.</summary>
    public double ShortLiquidations { get; init; } = double.NaN;

    /// <summary>A candle whose optional values are all absent.</summary>
    public Candle()
    {
    }

    /// <summary>The longer candle that these make up, which follow each other and are at least one.</summary>
    /// <param name="timestamp">Its opening instant, UTC.</param>
    /// <param name="parts">The candles within it, in order of time.</param>
    public static Candle Combine(DateTime timestamp, ReadOnlySpan<Candle> parts)
    {
        var (high, low, volume, traded, trades) = (parts[0].High, parts[0].Low, 0.0, 0.0, (long?)0);
        var (takerBuy, takerSell, longs, shorts) = (0.0, 0.0, 0.0, 0.0);
        foreach (ref readonly var part in parts)
        {
            high = Math.Max(high, part.High);
            low = Math.Min(low, part.Low);
            volume += part.Volume;
            traded += part.Volume == 0 ? 0 : part.Vwap * part.Volume;
            takerBuy += part.TakerBuyVolume;
            takerSell += part.TakerSellVolume;
            longs += part.LongLiquidations;
            shorts += part.ShortLiquidations;
            trades += part.TradeCount;
        }

        return parts[^1] with
        {
            Timestamp = timestamp,
            Open = parts[0].Open,
            High = high,
            Low = low,
            Volume = volume,
            Vwap = volume > 0 ? traded / volume : double.NaN,
            TakerBuyVolume = takerBuy,
            TakerSellVolume = takerSell,
            LongLiquidations = longs,
            ShortLiquidations = shorts,
            TradeCount = trades,
        };
    }
}
