using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>An instrument of the simulated market and the character of its prices.</summary>
internal sealed record Listing
{
    /// <summary>The canonical symbol: <c>AAPL</c>, <c>BRK.B</c>, <c>^GSPC</c>, <c>BTC-USD</c>.</summary>
    public required Symbol Symbol { get; init; }

    /// <summary>What it is.</summary>
    public required ListingKind Kind { get; init; }

    /// <summary>The name that a chart would show.</summary>
    public required string Name { get; init; }

    /// <summary>First day of trading, in New York for equities, UTC for crypto.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>Price of that day, in today's shares (adjusted for every split of <see cref="Splits"/>).</summary>
    public required double FirstPrice { get; init; }

    /// <summary>Price that the series passes near at the start of 2025, in today's shares.</summary>
    public required double RecentPrice { get; init; }

    /// <summary>Typical standard deviation of a day's log return.</summary>
    public required double Volatility { get; init; }

    /// <summary>Typical volume of a day: today's shares, or units of the coin.</summary>
    public required double DailyVolume { get; init; }

    /// <summary>Dividends of a year as a fraction of the price; 0 for none.</summary>
    public double DividendYield { get; init; }

    /// <summary>Splits, oldest first.</summary>
    public IReadOnlyList<ListedSplit> Splits { get; init; } = [];

    /// <summary>Short and long name of the listing exchange, as Yahoo writes them.</summary>
    public (string Code, string Name) Exchange { get; init; } = ("NMS", "NasdaqGS");

    /// <summary>First day with data: for the index the start of its true history, else <see cref="FirstDay"/>.</summary>
    public DateOnly HistoryFrom => Kind == ListingKind.Index ? IndexHistory.FirstDay : FirstDay;

    /// <summary>Whether it trades around the clock.</summary>
    public bool IsCrypto => Kind == ListingKind.Crypto;

    /// <summary>Decimals of a price.</summary>
    public int PriceDecimals => RecentPrice < 1 && IsCrypto ? 6 : 2;

    /// <summary>Smallest volumes in one unit: shares are whole, coins come in hundred-thousandths.</summary>
    public double VolumeSteps => IsCrypto ? 1e5 : 1;

    /// <summary>How many of the shares of <paramref name="asOf"/> one share of <paramref name="date"/> has become: 1 with no split between.</summary>
    public double SplitFactor(DateOnly date, DateOnly asOf)
    {
        var factor = 1.0;
        foreach (var split in Splits)
        {
            if (split.Date > date && split.Date <= asOf)
            {
                factor *= split.Ratio;
            }
        }

        return factor;
    }
}
