using MarketData.Api.Enrichment;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Symbols;

/// <summary>
/// Asks the providers what a symbol is before it is tracked, through an enrichment node: keys, limits and circuits are there
/// (<c>docs/decisions/0017-lookups-through-the-database.md</c>).
/// </summary>
public sealed class SymbolInquiry(LookupStore lookups, SymbolStore symbols)
{
    // A node gives its providers four seconds.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(5);

    /// <summary>Asks.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="assetClass">The class that it is to be tracked as; null: whatever the providers tell.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What is known of it; and where nobody knows it, what may have been meant: tracked and well-known symbols.</returns>
    public async Task<(InstrumentLookup Lookup, IReadOnlyList<string> NearMisses)> AskAsync(
        Symbol symbol, AssetClass? assetClass, CancellationToken cancellation)
    {
        var byName = InstrumentLookup.Of(symbol, assetClass, []);
        if (byName.LacksCalendar is not null)
            return (byName, []);
        var answers = await lookups.AskAsync(byName.Instrument, WaitLimit, cancellation);
        var lookup = InstrumentLookup.Of(symbol, assetClass, answers ?? []);
        if (lookup.Outcome != LookupOutcome.Unknown)
            return (lookup, []);
        var tracked = await symbols.ReadNamesAsync(cancellation);
        return (lookup, NearMisses.Find(symbol.Value, tracked.Union(WellKnownSymbols.All).Where(name => name != symbol.Value)));
    }

    /// <summary>Why a symbol cannot be tracked, by the field at fault; nothing when it can.</summary>
    /// <param name="lookup">What is known of it.</param>
    /// <param name="nearMisses">What may have been meant.</param>
    public static (string Field, string Sentence)? Objection(InstrumentLookup lookup, IReadOnlyList<string> nearMisses)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(nearMisses);
        if (lookup.LacksCalendar is { } lacks)
            return ("symbol", $"{lacks} Known are: {string.Join(", ", Exchange.All.Select(exchange => $"{exchange.Mic} ({exchange.Name})"))}.");
        if (lookup.Outcome == LookupOutcome.Unknown)
            return ("symbol", Unknown(lookup, nearMisses));
        return lookup.WrongClass is { } wrong ? ("asset_class", wrong) : null;
    }

    private static string Unknown(InstrumentLookup lookup, IReadOnlyList<string> nearMisses)
    {
        var said = string.Join("; ", lookup.Answers.Select(answer => $"{answer.Provider} {answer.Message?.TrimEnd('.')}"));
        var meant = nearMisses.Count == 0 ? "" : $" Did you mean {string.Join(", ", nearMisses)}?";
        return $"No provider knows {lookup.Instrument.Symbol}: {said}.{meant}";
    }
}
