using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>
/// Every instrument that the simulated providers know: some of the great names of the real market (first trading days and
/// splits as they were, prices invented), and as many generated ones as a scale test wants: <c>SIM0001</c> to <c>SIM9999</c>
/// are stocks, <c>SIM0001-USD</c> to <c>SIM9999-USD</c> coins.
/// </summary>
internal sealed class Universe(ulong seed)
{
    private static readonly (string, string) Nasdaq = ("NMS", "NasdaqGS");
    private static readonly (string, string) Nyse = ("NYQ", "NYSE");
    private static readonly (string, string) Arca = ("PCX", "NYSEArca");
    private static readonly (string, string) Coins = ("CCC", "CCC");

    private readonly ConcurrentDictionary<Symbol, Listing> _generated = new();

    /// <summary>The listings that have a name of their own.</summary>
    public static IReadOnlyList<Listing> Named { get; } =
    [
        Stock("AAPL", "Apple Inc.", Nasdaq, "1980-12-12", 0.1283, 243, 0.018, 55e6, 0.005,
            "1987-06-16 1:2", "2000-06-21 1:2", "2005-02-28 1:2", "2014-06-09 1:7", "2020-08-31 1:4"),
        Stock("MSFT", "Microsoft Corporation", Nasdaq, "1986-03-13", 0.0972, 418, 0.016, 22e6, 0.008,
            "1987-09-21 1:2", "1990-04-16 1:2", "1991-06-27 2:3", "1992-06-15 2:3", "1994-05-23 1:2", "1996-12-09 1:2",
            "1998-02-23 1:2", "1999-03-29 1:2", "2003-02-18 1:2"),
        Stock("GOOGL", "Alphabet Inc.", Nasdaq, "2004-08-19", 2.51, 190, 0.018, 27e6, 0.004, "2022-07-18 1:20"),
        Stock("AMZN", "Amazon.com, Inc.", Nasdaq, "1997-05-15", 0.0979, 220, 0.021, 38e6, 0,
            "1998-06-02 1:2", "1999-01-05 1:3", "1999-09-02 1:2", "2022-06-06 1:20"),
        Stock("NVDA", "NVIDIA Corporation", Nasdaq, "1999-01-22", 0.0410, 138, 0.030, 210e6, 0.0003,
            "2000-06-27 1:2", "2001-09-17 1:2", "2006-04-07 1:2", "2007-09-11 2:3", "2021-07-20 1:4", "2024-06-10 1:10"),
        Stock("META", "Meta Platforms, Inc.", Nasdaq, "2012-05-18", 38.23, 599, 0.023, 14e6, 0.003),
        Stock("TSLA", "Tesla, Inc.", Nasdaq, "2010-06-29", 1.59, 379, 0.034, 90e6, 0, "2020-08-31 1:5", "2022-08-25 1:3"),
        Stock("JPM", "JPMorgan Chase & Co.", Nyse, "1980-03-17", 5.03, 240, 0.017, 9e6, 0.021, "2000-06-12 2:3"),
        Stock("V", "Visa Inc.", Nyse, "2008-03-19", 14.13, 315, 0.014, 6e6, 0.007, "2015-03-19 1:4"),
        Stock("JNJ", "Johnson & Johnson", Nyse, "1980-01-02", 1.65, 144, 0.011, 7e6, 0.033, "2001-06-13 1:2"),
        Stock("XOM", "Exxon Mobil Corporation", Nyse, "1980-01-02", 3.45, 107, 0.015, 15e6, 0.035, "2001-07-19 1:2"),
        Stock("BRK.B", "Berkshire Hathaway Inc.", Nyse, "1996-05-09", 22.2, 451, 0.012, 4e6, 0, "2010-01-21 1:50"),
        Etf("SPY", "SPDR S&P 500 ETF", Arca, "1993-01-29", 43.94, 585, 0.010, 60e6, 0.012),
        Etf("QQQ", "Invesco QQQ Trust", ("NGM", "NasdaqGM"), "1999-03-10", 51.06, 511, 0.013, 38e6, 0.006, "2000-03-20 1:2"),
        Etf("IWM", "iShares Russell 2000 ETF", Arca, "2000-05-26", 45.88, 222, 0.013, 27e6, 0.012, "2005-06-09 1:2"),
        new()
        {
            Symbol = Symbol.Parse("^GSPC"), Kind = ListingKind.Index, Name = "S&P 500", Exchange = ("SNP", "SNP"),
            FirstDay = IndexHistory.LastDay.AddDays(1), FirstPrice = IndexHistory.LastClose, RecentPrice = 5900,
            Volatility = 0.010, DailyVolume = 4.2e9,
        },
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
            Exchange = Draw(2) < 0.5 ? Nasdaq : Nyse,
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
            Exchange = Coins,
            FirstDay = new DateOnly(2018, 1, 1).AddDays((int)(Draw(2) * 4 * 365)),
            FirstPrice = recent * Math.Exp(-Draw(3) * 2),
            RecentPrice = recent,
            Volatility = 0.03 + 0.03 * Draw(4),
            DailyVolume = 3e7 / recent * Math.Exp(Draw(5) * 3),
        };
    }

    private static DateOnly Wednesday(DateOnly date) => date.AddDays(DayOfWeek.Wednesday - date.DayOfWeek);

    private static Listing Stock(
        string symbol, string name, (string, string) exchange, string firstDay, double firstPrice, double recentPrice, double volatility,
        double volume, double yield, params string[] splits) => new()
        {
            Symbol = Symbol.Parse(symbol),
            Kind = ListingKind.Stock,
            Name = name,
            Exchange = exchange,
            FirstDay = DateOnly.ParseExact(firstDay, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            FirstPrice = firstPrice,
            RecentPrice = recentPrice,
            Volatility = volatility,
            DailyVolume = volume,
            DividendYield = yield,
            Splits = [.. splits.Select(ParseSplit)],
        };

    private static Listing Etf(
        string symbol, string name, (string, string) exchange, string firstDay, double firstPrice, double recentPrice, double volatility,
        double volume, double yield, params string[] splits) =>
        Stock(symbol, name, exchange, firstDay, firstPrice, recentPrice, volatility, volume, yield, splits) with { Kind = ListingKind.Etf };

    private static Listing Coin(
        string symbol, string name, string firstDay, double firstPrice, double recentPrice, double volatility, double volume) =>
        Stock(symbol, name, Coins, firstDay, firstPrice, recentPrice, volatility, volume, 0) with { Kind = ListingKind.Crypto };

    private static ListedSplit ParseSplit(string text)
    {
        var ratio = text[11..].Split(':');
        return new ListedSplit(
            DateOnly.ParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            int.Parse(ratio[0], CultureInfo.InvariantCulture),
            int.Parse(ratio[1], CultureInfo.InvariantCulture));
    }
}
