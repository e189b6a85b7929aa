namespace MarketData.Simulator.Market;

/// <summary>One day of one listing as it will have traded by its close, prices as traded.</summary>
internal readonly record struct TradingDay
{
    /// <summary>When it trades.</summary>
    public required TradingHours Hours { get; init; }

    /// <summary>Date at the exchange.</summary>
    public DateOnly Date => Hours.Date;

    /// <summary>Opening instant, Unix milliseconds.</summary>
    public long Opens => Hours.Opens;

    /// <summary>Closing instant, Unix milliseconds.</summary>
    public long Closes => Hours.Closes;

    /// <summary>Close of the day before, in the shares of this day; where pre-market trading begins.</summary>
    public required double PreviousClose { get; init; }

    public required double Open { get; init; }

    public required double High { get; init; }

    public required double Low { get; init; }

    public required double Close { get; init; }

    /// <summary>Shares or coins traded in regular hours.</summary>
    public required double Volume { get; init; }

    /// <summary>Number of trades in regular hours.</summary>
    public required long Trades { get; init; }

    /// <summary>Share of the volume that takers bought.</summary>
    public required double TakerShare { get; init; }

    /// <summary>How wild the day is against the listing's usual one: 1 is usual.</summary>
    public required double Agitation { get; init; }
}
