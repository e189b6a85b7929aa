using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Scheduling;

/// <summary>The symbols that an empty database begins with; afterwards the table is the truth.</summary>
public static class InitialSymbols
{
    private static readonly char[] Separators = [' ', ',', ';', '\n', '\r', '\t'];
    private static readonly BarInterval[] Daily = [BarInterval.OneDay];
    private static readonly BarInterval[] DailyAndHourly = [BarInterval.OneDay, BarInterval.OneHour];
    private static readonly BarInterval[] DailyToFiveMinutes = [BarInterval.OneDay, BarInterval.OneHour, BarInterval.FiveMinutes];

    /// <summary>
    /// A dozen US stocks, two of them under tickers that are not their first (META, GEN), one of London, three ETFs, an index of New York and one
    /// of Tokyo, a currency pair and four crypto pairs; dailies for all, shorter intervals for some.
    /// </summary>
    public static IReadOnlyList<InitialSymbol> Default { get; } =
    [
        Stock("AAPL", "Apple", DailyToFiveMinutes),
        Stock("MSFT", "Microsoft", DailyToFiveMinutes),
        Stock("GOOGL", "Alphabet Class A", DailyAndHourly),
        Stock("AMZN", "Amazon.com", DailyAndHourly),
        Stock("NVDA", "NVIDIA", DailyAndHourly),
        Stock("META", "Meta Platforms", Daily),
        Stock("TSLA", "Tesla", DailyAndHourly),
        Stock("JPM", "JPMorgan Chase", Daily),
        Stock("V", "Visa", Daily),
        Stock("JNJ", "Johnson & Johnson", Daily),
        Stock("XOM", "Exxon Mobil", Daily),
        Stock("BRK.B", "Berkshire Hathaway Class B", Daily),
        Stock("GEN", "Gen Digital", Daily),
        Stock("EZJ.L", "easyJet", DailyAndHourly),
        Etf("SPY", "SPDR S&P 500 ETF Trust", DailyToFiveMinutes),
        Etf("QQQ", "Invesco QQQ Trust", DailyAndHourly),
        Etf("IWM", "iShares Russell 2000 ETF", Daily),
        Create("^GSPC", AssetClass.Index, "S&P 500", Daily),
        Create("^N225", AssetClass.Index, "Nikkei 225", DailyAndHourly),
        Create("EURUSD=X", AssetClass.Fx, "Euro in US dollars", DailyAndHourly),
        Crypto("BTC-USD", "Bitcoin", DailyToFiveMinutes),
        Crypto("ETH-USD", "Ether", DailyToFiveMinutes),
        Crypto("SOL-USD", "Solana", DailyAndHourly),
        Crypto("BNB-USD", "BNB", Daily),
    ];

    /// <summary>Reads the setting <c>Enrichment:Symbols</c>; null or blank means <see cref="Default"/>.</summary>
    /// <param name="setting">Entries of <c>SYMBOL[:class[:timeframes]]</c>.</param>
    /// <param name="symbols">The symbols, when all entries read well.</param>
    /// <param name="wrong">The first entry that does not.</param>
    /// <returns>Whether all entries read well.</returns>
    public static bool TryParse(string? setting, out IReadOnlyList<InitialSymbol> symbols, out string? wrong)
    {
        (symbols, wrong) = (Default, null);
        if (string.IsNullOrWhiteSpace(setting))
            return true;
        var read = new List<InitialSymbol>();
        foreach (var entry in setting.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseEntry(entry) is not { } symbol || read.Exists(earlier => earlier.Instrument.Symbol == symbol.Instrument.Symbol))
            {
                wrong = entry;
                return false;
            }

            read.Add(symbol);
        }

        symbols = read;
        return true;
    }

    /// <summary>Reads a setting that is known to be valid.</summary>
    /// <exception cref="FormatException">An entry does not read well.</exception>
    public static IReadOnlyList<InitialSymbol> Parse(string? setting) =>
        TryParse(setting, out var symbols, out var wrong)
            ? symbols
            : throw new FormatException($"'{wrong}' does not read as SYMBOL[:class[:timeframes]], each symbol once.");

    private static InitialSymbol? ParseEntry(string entry)
    {
        var parts = entry.Split(':');
        if (parts.Length > 3 || !Symbol.TryParse(parts[0], out var symbol))
            return null;
        var known = Default.FirstOrDefault(candidate => candidate.Instrument.Symbol == symbol);
        var assetClass = known?.Instrument.AssetClass ?? AssetClassNames.OfName(symbol);
        if (parts.Length > 1 && !AssetClassNames.TryParse(parts[1], out assetClass))
            return null;
        var intervals = known?.Intervals ?? Daily;
        if (parts.Length > 2)
        {
            var named = parts[2].Split('+');
            intervals = [.. named.Where(name => BarIntervals.TryParse(name, out _)).Select(BarIntervals.Parse).Distinct()];
            if (intervals.Count != named.Length)
                return null;
        }

        return new InitialSymbol(new Instrument(symbol, assetClass), intervals, known?.Name);
    }

    private static InitialSymbol Stock(string symbol, string name, BarInterval[] intervals) =>
        Create(symbol, AssetClass.Stock, name, intervals);

    private static InitialSymbol Etf(string symbol, string name, BarInterval[] intervals) =>
        Create(symbol, AssetClass.Etf, name, intervals);

    private static InitialSymbol Crypto(string symbol, string name, BarInterval[] intervals) =>
        Create(symbol, AssetClass.Crypto, name, intervals);

    private static InitialSymbol Create(string symbol, AssetClass assetClass, string name, BarInterval[] intervals) =>
        new(new(Symbol.Parse(symbol), assetClass), intervals, name);
}
