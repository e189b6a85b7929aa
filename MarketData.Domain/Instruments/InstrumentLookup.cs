using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>
/// What is known of a symbol that is not tracked yet: what providers say of it, and where they do not, what follows from its name.
/// </summary>
public sealed record InstrumentLookup
{
    private InstrumentLookup(Instrument instrument, LookupOutcome outcome, IReadOnlyList<ProviderAnswer> answers) =>
        (Instrument, Outcome, Answers) = (instrument, outcome, answers);

    /// <summary>The symbol, with the class that was asked for, else the one that providers tell or its name.</summary>
    public Instrument Instrument { get; }

    /// <summary>
    /// <see cref="LookupOutcome.Known"/> when a provider knows it, else <see cref="LookupOutcome.Unknown"/> when one that could be asked does
    /// not; else <see cref="LookupOutcome.NotAsked"/>.
    /// </summary>
    public LookupOutcome Outcome { get; }

    /// <summary>What each provider said, in the order in which their word counts.</summary>
    public IReadOnlyList<ProviderAnswer> Answers { get; }

    /// <summary>Where it trades; null when that is not known.</summary>
    public Exchange? Exchange { get; private init; }

    /// <summary>Why it cannot be tracked although a provider knows it: its exchange's calendar is not known; null when it can.</summary>
    public string? LacksCalendar { get; private init; }

    /// <summary>Why the class that was asked for is wrong; null when it is not.</summary>
    public string? WrongClass { get; private init; }

    /// <summary>What a price of 1 means.</summary>
    public string? PriceUnit => Told(facts => facts.PriceUnit).Value is { } unit
        ? PriceUnits.Normalize(unit)
        : Exchange is null ? null : PriceUnits.ByName(Instrument, Exchange);

    /// <summary>The currency, ISO 4217.</summary>
    public string? Currency => PriceUnit is { } unit ? PriceUnits.CurrencyOf(unit) : null;

    /// <summary>A fact, and the first provider that tells it; nothing when none does.</summary>
    public (T? Value, string? Provider) Told<T>(Func<InstrumentFacts, T?> fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return Answers.Where(answer => answer.Facts is not null)
            .Select(answer => (Value: fact(answer.Facts!), (string?)answer.Provider))
            .FirstOrDefault(told => told.Value is not null);
    }

    /// <summary>Judges what providers said.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="assetClass">The class that it is to be tracked as; null: whatever they tell.</param>
    /// <param name="answers">Their answers, in the order in which they are asked for candles; none when nobody was there to ask them.</param>
    public static InstrumentLookup Of(Symbol symbol, AssetClass? assetClass, IReadOnlyList<ProviderAnswer> answers)
    {
        // Who tells the most of an instrument is believed first.
        answers = [.. answers.OrderByDescending(answer => answer.Facts?.Count ?? 0)];
        var outcome = answers.Any(answer => answer.Outcome == LookupOutcome.Known) ? LookupOutcome.Known
            : answers.Any(answer => answer.Outcome == LookupOutcome.Unknown) ? LookupOutcome.Unknown
            : LookupOutcome.NotAsked;
        var types = answers.Select(answer => (answer.Provider, answer.Facts?.Type)).Where(told => told.Type is not null).ToList();
        var toldClass = types.Select(told => InstrumentTypes.ClassOf(told.Type!)).FirstOrDefault(known => known is not null);
        var instrument = new Instrument(symbol, assetClass ?? toldClass ?? AssetClassNames.OfName(symbol));
        var exchange = Exchange.TryOf(symbol, instrument.AssetClass, out var named) ? named : null;
        return new InstrumentLookup(instrument, outcome, answers)
        {
            Exchange = exchange,
            LacksCalendar = Lacking(instrument, exchange, answers),
            WrongClass = types.Where(told => !IdentityCheck.IsOfType(instrument, told.Type!))
                .Select(told => $"{told.Provider} says that {symbol} is of the type {told.Type}, and not {instrument.AssetClass.Name()}.")
                .FirstOrDefault(),
        };
    }

    // By its name it would have the calendar of an exchange whose clock is another one than that which a provider tells.
    private static string? Lacking(Instrument instrument, Exchange? exchange, IReadOnlyList<ProviderAnswer> answers)
    {
        if (Exchange.LackingOf(instrument.Symbol) is { } foreign)
            return $"{instrument.Symbol} trades in {foreign}, whose calendar is not known.";
        foreach (var (provider, facts) in answers.Where(answer => answer.Facts is not null).Select(answer => (answer.Provider, answer.Facts!)))
        {
            if (InstrumentTypes.IsDerivative(facts.Type))
                return $"{provider} says that {instrument.Symbol} is of the type {facts.Type}, and no calendar of such exchanges is known.";
            var clock = (exchange ?? Exchange.Of(instrument)).Zone;
            if (HasClock(exchange) && facts.Zone is { } zone && !IdentityCheck.IsSameClock(instrument, clock, zone))
            {
                var place = facts.ExchangeCode is { } code ? $"{code} ({zone})" : zone;
                return $"{provider} says that {instrument.Symbol} trades at {place}, whose calendar is not known for it.";
            }
        }

        return null;
    }

    private static bool HasClock(Exchange? exchange) => exchange?.Mic is not (Exchange.AroundTheClock or Exchange.CurrencyMarket);
}
