using System.Globalization;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Enrichment;

/// <summary>What about symbols a person should look at.</summary>
/// <param name="Counts">How many active symbols have something of each kind; kinds without any are left out.</param>
/// <param name="Items">The newest of them, one for each symbol and kind.</param>
public sealed record SymbolsToLookAt(IReadOnlyList<AttentionCount> Counts, IReadOnlyList<SymbolToLookAt> Items);

/// <summary>Something about a symbol that a person should look at; it goes away with its cause, or when somebody has decided.</summary>
/// <param name="Kind">
/// <c>disputed</c>, <c>unconverted</c>, <c>identity_mismatch</c>, <c>possible_ticker_reuse</c>, <c>unit_shift</c> or <c>delisted</c>.
/// </param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Since">Since when, UTC; null where that was not noted.</param>
/// <param name="What">What is wrong.</param>
/// <param name="WhatToDo">What to do about it.</param>
/// <param name="Occurrences">How many reports or candles; 1 where it is of the whole symbol.</param>
/// <param name="Day">The latest ex-date, or the UTC date of the latest candle; null where it is of the whole symbol.</param>
/// <param name="Link">Where to decide: the symbol's page in the dashboard.</param>
public sealed record SymbolToLookAt(
    string Kind, string Symbol, DateTime? Since, string What, string WhatToDo, long Occurrences, DateOnly? Day, string Link)
{
    internal static SymbolToLookAt Of(AttentionRow row)
    {
        var day = row.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (what, whatToDo) = row.Kind switch
        {
            AttentionKinds.Disputed => (
                $"{Count(row, "split or dividend is", "splits or dividends are")} not applied, the latest of {day}: {row.Cause ?? "The price does not show it."}",
                "Look it up with the company or its exchange; then confirm, move or withdraw it."),
            AttentionKinds.Unconverted => (
                $"{Count(row, "dividend is", "dividends are")} not applied, the latest of {day}: {row.Cause ?? "It was paid in another currency than the price's."}",
                "Track the pair of the two currencies, such as USDJPY=X, with its days back to then; or add it with its amount in the currency of the "
                + "price, and withdraw what was told."),
            AttentionKinds.IdentityMismatch => (
                row.Cause ?? "What a provider answers is of something else than the record says.",
                row.Advice ?? "Correct the record, or enter what the provider calls the symbol."),
            AttentionKinds.PossibleTickerReuse => (
                $"After a gap of more than sixty sessions the price is at another level on {day}: the ticker may have been another company's before.",
                "If it was, cut the history before that day, or enter what the provider called this one then and fetch it; if it was not, acknowledge it."),
            AttentionKinds.UnitShift => (
                $"{Count(row, "candle is", "candles are")} in another unit than those around, the latest of {day}: 10, 100 or 1000 times as much, or as little.",
                "Fetch those days again by a backfill. If the unit has changed for good, cut the history before; if the prices are right, acknowledge it."),
            _ => (
                row.Cause ?? "No provider knows the symbol any more.",
                row.Advice ?? "If it was renamed, track the new name. Deactivate this one; its history stays."),
        };
        return new(
            row.Kind, row.Symbol, row.Since, what, whatToDo, row.Occurrences, row.Day, $"/dashboard/symbols/{Uri.EscapeDataString(row.Symbol)}");
    }

    private static string Count(AttentionRow row, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Occurrences} {(row.Occurrences == 1 ? one : many)}");
}
