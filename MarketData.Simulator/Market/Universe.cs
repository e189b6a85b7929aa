using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>
/// Every instrument that the simulated providers know: names of the real market's exchanges (first trading days, splits and tickers as they
/// were, prices invented), and as many generated ones as a scale test wants: <c>SIM0001</c> to <c>SIM9999</c> are stocks,
/// <c>SIM0001-USD</c> to <c>SIM9999-USD</c> coins.
/// </summary>
internal sealed class Universe(ulong seed)
{
    private readonly ConcurrentDictionary<Symbol, Listing> _generated = new();

    /// <summary>The listings that have a name of their own.</summary>
    public static IReadOnlyList<Listing> Named { get; } =
    [
        Stock("AAPL", "Apple Inc.", Venue.Nasdaq, "1980-12-12", 0.1283, 243, 0.018, 55e6, 0.005,
            "1987-06-16 1:2", "2000-06-21 1:2", "2005-02-28 1:2", "2014-06-09 1:7", "2020-08-31 1:4"),
        Stock("MSFT", "Microsoft Corporation", Venue.Nasdaq, "1986-03-13", 0.0972, 418, 0.016, 22e6, 0.008,
            "1987-09-21 1:2", "1990-04-16 1:2", "1991-06-27 2:3", "1992-06-15 2:3", "1994-05-23 1:2", "1996-12-09 1:2",
            "1998-02-23 1:2", "1999-03-29 1:2", "2003-02-18 1:2"),
        Stock("GOOGL", "Alphabet Inc.", Venue.Nasdaq, "2004-08-19", 2.51, 190, 0.018, 27e6, 0.004, "2022-07-18 1:20"),
        Stock("AMZN", "Amazon.com, Inc.", Venue.Nasdaq, "1997-05-15", 0.0979, 220, 0.021, 38e6, 0,
            "1998-06-02 1:2", "1999-01-05 1:3", "1999-09-02 1:2", "2022-06-06 1:20"),
        Stock("NVDA", "NVIDIA Corporation", Venue.Nasdaq, "1999-01-22", 0.0410, 138, 0.030, 210e6, 0.0003,
            "2000-06-27 1:2", "2001-09-17 1:2", "2006-04-07 1:2", "2007-09-11 2:3", "2021-07-20 1:4, Polygon 2021-07-19", "2024-06-10 1:10"),
        Stock("META", "Meta Platforms, Inc.", Venue.Nasdaq, "2012-05-18", 38.23, 599, 0.023, 14e6, 0.003)
            .Under("FB 2012-05-18", "META 2022-06-09"),
        Stock("TSLA", "Tesla, Inc.", Venue.Nasdaq, "2010-06-29", 1.59, 379, 0.034, 90e6, 0, "2020-08-31 1:5", "2022-08-25 1:3"),
        Stock("JPM", "JPMorgan Chase & Co.", Venue.NewYork, "1980-03-17", 5.03, 240, 0.017, 9e6, 0.021, "2000-06-12 2:3"),
        Stock("V", "Visa Inc.", Venue.NewYork, "2008-03-19", 14.13, 315, 0.014, 6e6, 0.007, "2015-03-19 1:4"),
        Stock("JNJ", "Johnson & Johnson", Venue.NewYork, "1980-01-02", 1.65, 144, 0.011, 7e6, 0.033, "2001-06-13 1:2"),
        Stock("XOM", "Exxon Mobil Corporation", Venue.NewYork, "1980-01-02", 3.45, 107, 0.015, 15e6, 0.035, "2001-07-19 1:2"),
        Stock("BRK.B", "Berkshire Hathaway Inc.", Venue.NewYork, "1996-05-09", 22.2, 451, 0.012, 4e6, 0, "2010-01-21 1:50"),
        Etf("SPY", "SPDR S&P 500 ETF", Venue.Arca, "1993-01-29", 43.94, 585, 0.010, 60e6, 0.012),
        Etf("QQQ", "Invesco QQQ Trust", Venue.NasdaqGlobal, "1999-03-10", 51.06, 511, 0.013, 38e6, 0.006, "2000-03-20 1:2")
            .Under("QQQ 1999-03-10", "QQQQ 2004-12-01", "QQQ 2011-03-23"),
        Etf("IWM", "iShares Russell 2000 ETF", Venue.Arca, "2000-05-26", 45.88, 222, 0.013, 27e6, 0.012, "2005-06-09 1:2"),
        new()
        {
            Symbol = Symbol.Parse("^GSPC"), Kind = ListingKind.Index, Name = "S&P 500", Venue = Venue.StandardAndPoors,
            FirstDay = IndexHistory.LastDay.AddDays(1), FirstPrice = IndexHistory.LastClose, RecentPrice = 5900,
            Volatility = 0.010, DailyVolume = 4.2e9,
        },

        // Other exchanges, with their clocks, breaks and money.
        Stock("EZJ.L", "easyJet plc", Venue.London, "2000-11-15", 349, 560, 0.013, 3.1e6, 0.02) with { DividendsPerYear = 1 },
        Stock("HSBA.L", "HSBC Holdings plc", Venue.London, "1988-07-01", 92, 785, 0.014, 24e6, 0.06) with { DividendCurrency = ("USD", 0.0127) },
        Stock("7203.T", "Toyota Motor Corporation", Venue.Tokyo, "1999-05-06", 690, 3000, 0.015, 26e6, 0.025, "2021-09-29 1:5")
            with { DividendsPerYear = 2 },
        Stock("0700.HK", "Tencent Holdings Limited", Venue.HongKong, "2004-06-16", 0.83, 417, 0.021, 18e6, 0.008, "2014-05-15 1:5")
            with { DividendsPerYear = 1 },
        Index("^N225", "Nikkei 225", Venue.Osaka, "1965-01-05", 1257.72, 39_900, 0.012),
        Pair("EURUSD=X", "EUR/USD", "2003-12-01", 1.1965, 1.0352, 0.0052),
        Pair("GBPUSD=X", "GBP/USD", "2003-12-01", 1.7200, 1.2515, 0.0056),
        Pair("JPY=X", "USD/JPY", "1996-10-30", 114.18, 157.21, 0.0061),

        // What happens to tickers: renamed, reused, delisted.
        Stock("GEN", "Gen Digital Inc.", Venue.Nasdaq, "1989-06-23", 0.74, 27.4, 0.019, 4e6, 0.018,
            "2002-02-01 1:2", "2003-11-20 1:2", "2004-12-01 1:2")
            .Under("SYMC 1989-06-23", "NLOK 2019-11-05", "GEN 2022-11-08"),
        Etf("METV", "Roundhill Ball Metaverse ETF", Venue.Arca, "2021-06-30", 15.0, 14.1, 0.017, 3e5, 0)
            .Under("META 2021-06-30", "METV 2022-01-31"),
        Stock("DOW", "Dow Inc.", Venue.NewYork, "2019-03-20", 49.3, 40.1, 0.018, 5e6, 0.05),
        Stock("DOW-2017", "The Dow Chemical Company", Venue.NewYork, "1980-01-02", 14, 620, 0.016, 7e6, 0.03)
            .Under("DOW 1980-01-02") with { LastDay = new DateOnly(2017, 8, 31) },
        Stock("TWTR", "Twitter, Inc.", Venue.NewYork, "2013-11-07", 44.9, 54, 0.027, 15e6, 0) with { LastDay = new DateOnly(2022, 10, 27) },

        // What happens to shares, and how providers differ about it. A spin-off is a split to Yahoo, and nothing to Polygon.
        Stock("GE", "General Electric Company", Venue.NewYork, "1980-01-02", 4.6, 168, 0.017, 6e6, 0.01,
            "1983-06-02 1:2", "1987-05-26 1:2", "1994-05-16 1:2", "1997-05-12 1:2", "2000-05-08 1:3", "2019-02-26 100:104, Polygon never",
            "2021-08-02 8:1", "2023-01-04 1000:1281, Polygon never", "2024-04-02 1000:1253, Polygon never"),
        Stock("GEHC", "GE HealthCare Technologies Inc.", Venue.Nasdaq, "2023-01-04", 60.5, 78.2, 0.016, 3e6, 0.002),
        Stock("GME", "GameStop Corp.", Venue.NewYork, "2002-02-13", 2.51, 31, 0.032, 6e6, 0, "2007-03-19 1:2", "2022-07-22 1:4, Polygon never"),
        Stock("MA", "Mastercard Incorporated", Venue.NewYork, "2006-05-25", 4.6, 526, 0.015, 3e6, 0.006, "2014-01-22 1:10, Polygon 2014-01-07"),
        Stock("TM", "Toyota Motor Corporation", Venue.NewYork, "1999-09-29", 63, 190, 0.014, 3e5, 0.025)
            with { DividendsPerYear = 2, DividendCurrency = ("JPY", 155) },
        Stock("SIMTWICE", "Simulated Company, split listed twice", Venue.Nasdaq, "2014-03-04", 910, 32, 0.030, 4e5, 0,
            "2024-05-01 15:1, Polygon 2024-05-01 2024-05-02"),
        Stock("SIMLATER", "Simulated Company, split corrected later", Venue.Nasdaq, "2014-03-04", 840, 47, 0.030, 4e5, 0,
            "2025-03-13 20:1, Polygon 2025-03-07 until 2025-03-20"),

        Coin("BTC-USD", "Bitcoin USD", "2017-08-17", 4285, 94_400, 0.028, 24_000),
        Coin("ETH-USD", "Ethereum USD", "2017-08-17", 302, 3_350, 0.036, 420_000),
        Coin("SOL-USD", "Solana USD", "2020-08-11", 3.2, 194, 0.048, 4.1e6),
        Coin("BNB-USD", "BNB USD", "2017-11-06", 1.55, 705, 0.032, 310_000),
    ];

    private static readonly Dictionary<Symbol, Listing> BySymbol = Named.ToDictionary(listing => listing.Symbol);

    /// <summary>Finds the listing of a canonical symbol.</summary>
    /// <returns>Whether the market knows it.</returns>
    public bool TryFind(Symbol symbol, [NotNullWhen(true)] out Listing? listing) =>
        BySymbol.TryGetValue(symbol, out listing) || TryGenerate(symbol, out listing);

    private bool TryGenerate(Symbol symbol, [NotNullWhen(true)] out Listing? listing)
    {
        listing = null;
        var text = symbol.Value.AsSpan();
        var coin = text.EndsWith("-USD", StringComparison.Ordinal);
        var digits = coin ? text[..^4] : text;
        if (digits is not ['S', 'I', 'M', _, _, _, _] || !int.TryParse(digits[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            return false;
        }

        listing = _generated.GetOrAdd(symbol, coin ? GenerateCoin(symbol) : GenerateStock(symbol));
        return true;
    }

    private Listing GenerateStock(Symbol symbol)
    {
        var own = Noise.Seed(seed, symbol.Value);
        double Draw(int stream) => Noise.Uniform(Noise.Bits(own, 0, stream));
        var recent = Math.Exp(Math.Log(12) + Draw(1) * 3.2);
        return new Listing
        {
            Symbol = symbol,
            Kind = ListingKind.Stock,
            Name = $"Simulated Company {symbol.Value[3..]}",
            Venue = Draw(2) < 0.5 ? Venue.Nasdaq : Venue.NewYork,
            FirstDay = new DateOnly(1995, 1, 3).AddDays((int)(Draw(3) * 20 * 365)),
            FirstPrice = recent * Math.Exp(-Draw(4) * 2.5),
            RecentPrice = recent,
            Volatility = 0.009 + 0.022 * Draw(5) * Draw(6),
            DailyVolume = Math.Exp(Math.Log(2e5) + Draw(7) * 4.6),
            DividendYield = Draw(8) < 0.45 ? 0 : 0.005 + 0.035 * Draw(9),
            Splits = GenerateSplits(own),
        };
    }

    private static List<ListedSplit> GenerateSplits(ulong own)
    {
        ReadOnlySpan<(int From, int To)> ratios = [(1, 2), (1, 2), (1, 2), (1, 3), (2, 3), (1, 4), (1, 5), (1, 10), (10, 1)];
        List<ListedSplit> splits = [];
        for (var year = 2016; year < 2027; year += 3)
        {
            if (Noise.Uniform(Noise.Bits(own, year, 20)) < 0.25)
            {
                var day = new DateOnly(year, 1, 4).AddDays((int)(Noise.Bits(own, year, 21) % 1000));
                var (from, to) = ratios[(int)(Noise.Bits(own, year, 22) % (ulong)ratios.Length)];
                splits.Add(new ListedSplit(Wednesday(day), from, to));
            }
        }

        return splits;
    }

    private Listing GenerateCoin(Symbol symbol)
    {
        var own = Noise.Seed(seed, symbol.Value);
        double Draw(int stream) => Noise.Uniform(Noise.Bits(own, 0, stream));
        var recent = Math.Exp(Draw(1) * 7);
        return new Listing
        {
            Symbol = symbol,
            Kind = ListingKind.Crypto,
            Name = $"Simulated Coin {symbol.Value[3..7]} USD",
            Venue = Venue.Coins,
            FirstDay = new DateOnly(2018, 1, 1).AddDays((int)(Draw(2) * 4 * 365)),
            FirstPrice = recent * Math.Exp(-Draw(3) * 2),
            RecentPrice = recent,
            Volatility = 0.03 + 0.03 * Draw(4),
            DailyVolume = 3e7 / recent * Math.Exp(Draw(5) * 3),
        };
    }

    private static DateOnly Wednesday(DateOnly date) => date.AddDays(DayOfWeek.Wednesday - date.DayOfWeek);

    private static Listing Stock(
        string symbol, string name, Venue venue, string firstDay, double firstPrice, double recentPrice, double volatility,
        double volume, double yield, params string[] splits) => new()
        {
            Symbol = Symbol.Parse(symbol),
            Kind = ListingKind.Stock,
            Name = name,
            Venue = venue,
            FirstDay = Date(firstDay),
            FirstPrice = firstPrice,
            RecentPrice = recentPrice,
            Volatility = volatility,
            DailyVolume = volume,
            DividendYield = yield,
            Splits = [.. splits.Select(ParseSplit)],
        };

    private static Listing Etf(
        string symbol, string name, Venue venue, string firstDay, double firstPrice, double recentPrice, double volatility,
        double volume, double yield, params string[] splits) =>
        Stock(symbol, name, venue, firstDay, firstPrice, recentPrice, volatility, volume, yield, splits) with { Kind = ListingKind.Etf };

    private static Listing Index(
        string symbol, string name, Venue venue, string firstDay, double firstPrice, double recentPrice, double volatility) =>
        Stock(symbol, name, venue, firstDay, firstPrice, recentPrice, volatility, 0, 0) with { Kind = ListingKind.Index };

    private static Listing Pair(string symbol, string name, string firstDay, double firstPrice, double recentPrice, double volatility) =>
        Stock(symbol, name, Venue.Currencies, firstDay, firstPrice, recentPrice, volatility, 0, 0) with { Kind = ListingKind.Currency };

    private static Listing Coin(
        string symbol, string name, string firstDay, double firstPrice, double recentPrice, double volatility, double volume) =>
        Stock(symbol, name, Venue.Coins, firstDay, firstPrice, recentPrice, volatility, volume, 0) with { Kind = ListingKind.Crypto };

    // "2021-07-20 1:4" is four shares for one; what follows a comma says how Polygon lists it: on other days ("Polygon 2021-07-19"), on other
    // days until it was corrected ("Polygon 2025-03-07 until 2025-03-20"), or "Polygon never".
    private static ListedSplit ParseSplit(string text)
    {
        var parts = text.Split(", Polygon ");
        var ratio = parts[0][11..].Split(':');
        var split = new ListedSplit(Date(parts[0][..10]), int.Parse(ratio[0], CultureInfo.InvariantCulture), int.Parse(ratio[1], CultureInfo.InvariantCulture));
        if (parts.Length == 1)
        {
            return split;
        }

        var listed = parts[1].Split(" until ");
        return split with
        {
            PolygonDates = listed[0] == "never" ? [] : [.. listed[0].Split(' ').Select(Date)],
            CorrectedOn = listed.Length > 1 ? Date(listed[1]) : null,
        };
    }

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
