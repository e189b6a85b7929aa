namespace MarketData.Simulator.Market;

/// <summary>A bar of any length, prices as traded.</summary>
internal readonly record struct Bar
{
    /// <summary>Opening instant, Unix milliseconds.</summary>
    public required long Time { get; init; }

    public required double Open { get; init; }

    public required double High { get; init; }

    public required double Low { get; init; }

    public required double Close { get; init; }

    /// <summary>Shares or coins traded.</summary>
    public required double Volume { get; init; }

    /// <summary>Dollars traded; over <see cref="Volume"/> it gives the volume-weighted price.</summary>
    public required double Turnover { get; init; }

    /// <summary>Number of trades.</summary>
    public required long Trades { get; init; }

    /// <summary>Coins that takers bought.</summary>
    public double TakerVolume { get; init; }

    /// <summary>How many base aggregates (minutes, or days for daily bars and longer) are in it.</summary>
    public int Parts { get; init; }

    /// <summary>Volume-weighted average price, never outside the bar.</summary>
    public double Vwap => Volume > 0 ? Math.Max(Low, Math.Min(High, Turnover / Volume)) : Close;

    /// <summary>This bar and the one right after it as one.</summary>
    public Bar Append(in Bar next) => this with
    {
        High = Math.Max(High, next.High),
        Low = Math.Min(Low, next.Low),
        Close = next.Close,
        Volume = Volume + next.Volume,
        Turnover = Turnover + next.Turnover,
        Trades = Trades + next.Trades,
        TakerVolume = TakerVolume + next.TakerVolume,
        Parts = Parts + next.Parts,
    };
}
