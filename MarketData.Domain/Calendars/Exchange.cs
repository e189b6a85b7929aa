using System.Diagnostics.CodeAnalysis;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>
/// A place where instruments trade, with its calendar, its clock and its money. Those that have no sessions, <see cref="AroundTheClock"/>
/// and <see cref="CurrencyMarket"/>, count as one each.
/// </summary>
public sealed class Exchange
{
    private static readonly Exchange[] Listed = [.. Exchanges.Create()];
    private static readonly Dictionary<string, Exchange> ByMic = Listed.ToDictionary(exchange => exchange.Mic, StringComparer.OrdinalIgnoreCase);

    internal Exchange()
    {
    }

    /// <summary>The name that crypto's market goes by: it never closes.</summary>
    public const string AroundTheClock = "24/7";

    /// <summary>The name that the market of currency pairs goes by: it closes at weekends only.</summary>
    public const string CurrencyMarket = "24/5";

    /// <summary>Every exchange whose calendar is known, by their codes' order.</summary>
    public static IReadOnlyList<Exchange> All => Listed;

    /// <summary>Its market identifier code, ISO 10383: <c>XNYS</c>, <c>XLON</c>; else <c>24/7</c> or <c>24/5</c>.</summary>
    public required string Mic { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The IANA id of the time zone that decides its days.</summary>
    public required string Zone { get; init; }

    /// <summary>The currency, ISO 4217, that its shares trade in unless they say otherwise.</summary>
    public required string Currency { get; init; }

    /// <summary>What a price of 1 means there: the <see cref="Currency"/>, or <c>GBp</c>, a hundredth of GBP.</summary>
    public required string PriceUnit { get; init; }

    /// <summary>When it trades.</summary>
    public required TradingCalendar Calendar { get; init; }

    /// <summary>Finds an exchange by its code, in any case.</summary>
    /// <returns>Whether its calendar is known.</returns>
    public static bool TryFind(string? mic, [NotNullWhen(true)] out Exchange? exchange)
    {
        exchange = null;
        return mic is not null && ByMic.TryGetValue(mic, out exchange);
    }

    /// <summary>
    /// Reads where an instrument trades from its name: Yahoo's suffixes name the exchange (<c>.L</c>), <c>=X</c> a currency pair and
    /// <c>^</c> an index, of those that are known; any other name is a US share, whose class may follow a dot.
    /// </summary>
    /// <returns>Whether the exchange is known, and its calendar with it.</returns>
    public static bool TryOf(Symbol symbol, AssetClass assetClass, [NotNullWhen(true)] out Exchange? exchange) =>
        TryFind(SymbolExchange.MicOf(symbol, assetClass), out exchange);

    /// <inheritdoc/>
    public override string ToString() => Mic;
}
