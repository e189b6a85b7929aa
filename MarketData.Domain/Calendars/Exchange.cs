using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using MarketData.Domain.Candles;
using NodaTime;

namespace MarketData.Domain.Calendars;

/// <summary>
/// A place where instruments trade, with its calendar, its clock and its money. Those that have no sessions, <see cref="AroundTheClock"/>
/// and <see cref="CurrencyMarket"/>, count as one each.
/// </summary>
public sealed class Exchange
{
    // Of those that the symbols' suffixes name, in the order of their codes.
    private static readonly string[] Mics =
    [
        "XAMS", "XASX", "XBOM", "XBRU", "XCSE", "XETR", "XHEL", "XHKG", "XKRX", "XLIS", "XLON", "XMAD", "XMIL", "XNSE", "XNYS", "XOSL",
        "XPAR", "XSES", "XSHG", "XSTO", "XSWX", "XTAI", "XTKS", "XTSE",
    ];

    private static readonly Exchange[] Listed = [OfCrypto(), OfCurrencies(), .. Mics.Select(ByRules)];
    private static readonly FrozenDictionary<string, Exchange> ByMic =
        Listed.ToFrozenDictionary(exchange => exchange.Mic, StringComparer.OrdinalIgnoreCase);

    private static readonly Exchange UnitedStates = ByMic["XNYS"];

    private readonly DateTimeZone _zone;

    private Exchange(DateTimeZone zone) => _zone = zone;

    /// <summary>The name that crypto's market goes by: it never closes.</summary>
    public const string AroundTheClock = "24/7";

    /// <summary>The name that the market of currency pairs goes by: it closes at weekends only.</summary>
    public const string CurrencyMarket = "24/5";

    /// <summary>Every exchange whose calendar is known, in the order of their codes.</summary>
    public static IReadOnlyList<Exchange> All => Listed;

    /// <summary>Its market identifier code, ISO 10383: <c>XNYS</c>, <c>XLON</c>; else <c>24/7</c> or <c>24/5</c>.</summary>
    public required string Mic { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The IANA id of the time zone that decides its days.</summary>
    public string Zone => _zone.Id;

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

    /// <summary>The place that a symbol's suffix names and whose calendar is not known, such as <c>South Africa</c>; null where it names none.</summary>
    public static string? LackingOf(Symbol symbol) => SymbolExchange.ForeignPlaceOf(symbol);

    /// <summary>Where an instrument trades, as <see cref="TryOf"/> reads it from its name; New York where that tells nothing known.</summary>
    public static Exchange Of(Instrument instrument) =>
        TryOf(instrument.Symbol, instrument.AssetClass, out var exchange) ? exchange : UnitedStates;

    /// <summary>Its own date at an instant.</summary>
    public DateOnly DateAt(DateTime instant) => Instant.FromDateTimeUtc(instant).InZone(_zone).Date.ToDateOnly();

    /// <summary>Whether an instant is one by which providers stamp its days: midnight there, or a session's opening.</summary>
    public bool IsDayStart(DateTime instant) =>
        Instant.FromDateTimeUtc(instant).InZone(_zone).TimeOfDay == LocalTime.Midnight
        || (Calendar.TryGetSession(DateAt(instant), out var session) && session.First.Grid == instant);

    /// <inheritdoc/>
    public override string ToString() => Mic;

    private static Exchange OfCrypto() => new(DateTimeZone.Utc)
    {
        Mic = AroundTheClock,
        Name = "Crypto",
        Currency = "USD",
        PriceUnit = "USD",
        Calendar = TradingCalendar.AroundTheClock,
    };

    // Trading weeks begin and end in New York, but providers cut the days of currency pairs by London's clock.
    private static Exchange OfCurrencies()
    {
        var rules = ExchangeRules.Load("24-5");
        return new(DateTimeZoneProviders.Tzdb["Europe/London"])
        {
            Mic = CurrencyMarket,
            Name = rules.Name,
            Currency = rules.Currency,
            PriceUnit = rules.PriceUnit,
            Calendar = new SessionCalendar(rules),
        };
    }

    private static Exchange ByRules(string mic)
    {
        var rules = ExchangeRules.Load(mic);
        return new(DateTimeZoneProviders.Tzdb[rules.Zone])
        {
            Mic = mic,
            Name = rules.Name,
            Currency = rules.Currency,
            PriceUnit = rules.PriceUnit,
            Calendar = mic == "XNYS" ? TradingCalendar.UsEquities : new SessionCalendar(rules),
        };
    }
}
