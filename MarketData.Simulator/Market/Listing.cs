using System.Globalization;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;

namespace MarketData.Simulator.Market;

/// <summary>An instrument of the simulated market and the character of its prices.</summary>
internal sealed record Listing
{
    private static readonly Symbol TrueIndex = Symbol.Parse("^GSPC");

    /// <summary>The canonical symbol: <c>AAPL</c>, <c>BRK.B</c>, <c>EZJ.L</c>, <c>^GSPC</c>, <c>EURUSD=X</c>, <c>BTC-USD</c>.</summary>
    public required Symbol Symbol { get; init; }

    /// <summary>What it is.</summary>
    public required ListingKind Kind { get; init; }

    /// <summary>The name that a chart would show.</summary>
    public required string Name { get; init; }

    /// <summary>Where it trades.</summary>
    public required Venue Venue { get; init; }

    /// <summary>First day of trading, by the exchange's date.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>Last day of trading; null while it is listed.</summary>
    public DateOnly? LastDay { get; init; }

    /// <summary>Price of the first day, in today's shares (adjusted for every split of <see cref="Splits"/>) and in <see cref="PriceUnit"/>.</summary>
    public required double FirstPrice { get; init; }

    /// <summary>Price that the series passes near at the start of 2025, in today's shares and in <see cref="PriceUnit"/>.</summary>
    public required double RecentPrice { get; init; }

    /// <summary>Typical standard deviation of a day's log return.</summary>
    public required double Volatility { get; init; }

    /// <summary>Typical volume of a day: today's shares, or units of the coin; 0 for what has none, such as a currency pair.</summary>
    public required double DailyVolume { get; init; }

    /// <summary>Dividends of a year as a fraction of the price; 0 for none.</summary>
    public double DividendYield { get; init; }

    /// <summary>How many dividends there are in a year: 1, 2 or 4.</summary>
    public int DividendsPerYear { get; init; } = 4;

    /// <summary>The currency that dividends are declared in, and how much of it 1 of <see cref="PriceUnit"/> is; null where it is that of the price.</summary>
    public (string Currency, double PerUnit)? DividendCurrency { get; init; }

    /// <summary>Splits, oldest first.</summary>
    public IReadOnlyList<ListedSplit> Splits { get; init; } = [];

    /// <summary>The tickers it has had, oldest first; none where <see cref="Symbol"/> is the only one.</summary>
    public IReadOnlyList<ListedTicker> Tickers { get; init; } = [];

    /// <summary>What a price of 1 means: a currency, or <c>GBp</c>, a hundredth of GBP.</summary>
    public string PriceUnit => PriceUnits.ByName(new Instrument(Symbol, AssetClass), Venue.Exchange);

    /// <summary>The class under which the warehouse would keep it.</summary>
    public AssetClass AssetClass => Kind switch
    {
        ListingKind.Etf => AssetClass.Etf,
        ListingKind.Index => AssetClass.Index,
        ListingKind.Currency => AssetClass.Fx,
        ListingKind.Crypto => AssetClass.Crypto,
        _ => AssetClass.Stock,
    };

    /// <summary>First day with data: for the S&amp;P 500 the start of its true history, else <see cref="FirstDay"/>.</summary>
    public DateOnly HistoryFrom => HasTrueHistory ? IndexHistory.FirstDay : FirstDay;

    /// <summary>Whether its history begins with that of <see cref="IndexHistory"/>.</summary>
    public bool HasTrueHistory => Symbol == TrueIndex;

    /// <summary>Whether it trades around the clock.</summary>
    public bool IsCrypto => Kind == ListingKind.Crypto;

    /// <summary>Whether it is a share or fund of the United States, which Polygon serves too and which trades outside regular hours.</summary>
    public bool IsUnitedStatesShare => Venue.IsUnitedStates && Kind is ListingKind.Stock or ListingKind.Etf;

    /// <summary>Decimals of a price.</summary>
    public int PriceDecimals => Kind switch
    {
        ListingKind.Crypto when RecentPrice < 1 => 6,
        ListingKind.Currency => RecentPrice < 10 ? 5 : 3,
        _ => 2,
    };

    /// <summary>Smallest volumes in one unit: shares are whole, coins come in hundred-thousandths.</summary>
    public double VolumeSteps => IsCrypto ? 1e5 : 1;

    /// <summary>The same under tickers that it has had, oldest first, each with the day since which: <c>FB 2012-05-18</c>.</summary>
    public Listing Under(params string[] tickers) => this with
    {
        Tickers = [.. tickers.Select(text => new ListedTicker(text[..^11], DateOnly.ParseExact(text[^10..], "yyyy-MM-dd", CultureInfo.InvariantCulture)))],
    };

    /// <summary>The instant by which Yahoo stamps a day, Unix milliseconds: the opening, or London's midnight for a currency pair.</summary>
    public long StampOf(in TradingHours day) => Kind == ListingKind.Currency ? Venue.Midnight(day.Date) : day.Opens;

    /// <summary>Whether it was listed no more on <paramref name="today"/>.</summary>
    public bool IsDelisted(DateOnly today) => LastDay < today;

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
