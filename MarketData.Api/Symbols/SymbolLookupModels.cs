using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Symbols;

/// <summary>What providers say of a symbol, and whether it can be added.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Outcome">
/// <c>known</c>; <c>unknown</c>: nobody who could be asked knows it; <c>not_asked</c>: nobody could be asked, and what is told follows from the
/// symbol's name.
/// </param>
/// <param name="Tracked">Whether it is tracked already.</param>
/// <param name="Objection">Why it cannot be added, in one or more sentences; null when it can.</param>
/// <param name="AssetClass"><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Exchange">Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</param>
/// <param name="ExchangeName">What people call the exchange.</param>
/// <param name="Currency">The currency that it trades in, ISO 4217.</param>
/// <param name="PriceUnit">What a price of 1 means: the currency, or a part of it such as <c>GBp</c>, a hundredth of GBP.</param>
/// <param name="InstrumentType">What providers call its kind, such as <c>EQUITY</c>.</param>
/// <param name="FirstTraded">The first day that it was traded.</param>
/// <param name="LastTraded">The last day that it was traded; null while it is, and where nobody tells.</param>
/// <param name="ToldBy">Which provider told each fact, by the fact's name; what is missing here follows from the symbol's name.</param>
/// <param name="Answers">What each provider said.</param>
/// <param name="NearMisses">Symbols that may have been meant, where nobody knows this one; three at most.</param>
public sealed record SymbolLookupResult(
    string Symbol, string Outcome, bool Tracked, string? Objection, string AssetClass, string? Name, string? Exchange, string? ExchangeName,
    string? Currency, string? PriceUnit, string? InstrumentType, DateOnly? FirstTraded, DateOnly? LastTraded,
    IReadOnlyDictionary<string, string> ToldBy, IReadOnlyList<LookupAnswer> Answers, IReadOnlyList<string> NearMisses)
{
    internal static SymbolLookupResult Of(InstrumentLookup lookup, bool tracked, string? objection, IReadOnlyList<string> nearMisses)
    {
        var toldBy = new SortedDictionary<string, string>(StringComparer.Ordinal);
        T? Noted<T>(string name, Func<InstrumentFacts, T?> fact)
        {
            var (value, provider) = lookup.Told(fact);
            if (provider is not null)
                toldBy[name] = provider;
            return value;
        }

        Noted("price_unit", facts => facts.PriceUnit);
        // A clock that it shares with others tells no exchange, but one that is not its own would have been objected to.
        Noted("exchange", facts => facts.Zone);
        return new SymbolLookupResult(
            Symbol: lookup.Instrument.Symbol.Value,
            Outcome: Word(lookup.Outcome),
            Tracked: tracked,
            Objection: objection,
            AssetClass: lookup.Instrument.AssetClass.Name(),
            Name: Noted("name", facts => facts.Name),
            Exchange: lookup.Exchange?.Mic,
            ExchangeName: lookup.Exchange?.Name,
            Currency: lookup.Currency,
            PriceUnit: lookup.PriceUnit,
            InstrumentType: Noted("instrument_type", facts => facts.Type),
            FirstTraded: Noted("first_traded", facts => facts.FirstTraded),
            LastTraded: Noted("last_traded", facts => facts.LastTraded),
            ToldBy: toldBy,
            Answers: [.. lookup.Answers.Select(answer => new LookupAnswer(answer.Provider, Word(answer.Outcome), answer.Message))],
            NearMisses: nearMisses);
    }

    private static string Word(LookupOutcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}

/// <summary>What a provider said of a symbol.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Outcome"><c>known</c>, <c>unknown</c>, or <c>not_asked</c>: it could not be asked, or gave no usable answer.</param>
/// <param name="Message">Why it does not know it or could not be asked; null when it knows it.</param>
public sealed record LookupAnswer(string Provider, string Outcome, string? Message);

/// <summary>A symbol that was added.</summary>
public sealed record AddedSymbol : TrackedSymbol
{
    [SetsRequiredMembers]
    internal AddedSymbol(TrackedSymbol symbol)
        : base(symbol)
    {
    }

    /// <summary>The run that fetches its history; null when none was asked for.</summary>
    public Guid? JobId { get; init; }
}
