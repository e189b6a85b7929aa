using System.Globalization;
using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>The providers answered, and have nothing of what a job asked for. Trying again by itself cannot help.</summary>
public sealed class NothingFoundException : Exception
{
    private NothingFoundException(string message, string advice, string reason)
        : base(message) => (Advice, Reason) = (advice, reason);

    /// <summary>What a person can do about it, in one sentence.</summary>
    public string Advice { get; }

    /// <summary>A short word for metrics: <c>no_data</c>, <c>delisted</c>, <c>empty_range</c> or <c>all_rejected</c>.</summary>
    public string Reason { get; }

    /// <summary>The symbol's health from now on: <c>error</c> or <c>delisted</c>; null when this says nothing of it.</summary>
    public string? Health { get; private init; }

    /// <summary>Whether it fails the job only when each of its intervals says so.</summary>
    public bool IsOfAllIntervals { get; private init; }

    /// <summary>Nothing was ever stored of the symbol, and no provider has anything.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="said">What each provider said, a sentence each.</param>
    public static NothingFoundException NoData(Symbol symbol, IEnumerable<string> said) => new(
        Text($"No provider has data for {symbol}.", said),
        "Check the symbol's spelling and class: edit it, or deactivate it.",
        "no_data")
    { Health = "error", IsOfAllIntervals = true };

    /// <summary>No provider knows a symbol any more of which candles are stored.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="last">The date of its last candle.</param>
    /// <param name="said">What each provider said, a sentence each.</param>
    public static NothingFoundException Delisted(Symbol symbol, DateOnly last, IEnumerable<string> said) => new(
        Text(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Delisted or renamed? No provider knows {symbol} any more; its last candle is of {last:yyyy-MM-dd}."),
            said),
        "If it was renamed, track it under its new name. Deactivate this one: what is stored of it stays.",
        "delisted")
    { Health = "delisted" };

    /// <summary>No provider has anything of the range that a backfill asked for.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="range">The range, UTC.</param>
    /// <param name="said">What each provider said, a sentence each; empty when none needed to be asked.</param>
    /// <param name="listedFrom">When it was first traded, UTC; null when not known.</param>
    public static NothingFoundException EmptyRange(
        Symbol symbol, (DateTime From, DateTime To) range, IReadOnlyCollection<string> said, DateTime? listedFrom) => new(
        Text(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(said.Count == 0 ? "There can be no candle" : "No provider has candles")} of {symbol} "
                + $"from {range.From:u} to {range.To:u}{(listedFrom >= range.To ? $": it was first traded on {listedFrom:yyyy-MM-dd}" : "")}."),
            said),
        "Ask for a range in which it was listed, with a session that has closed and that the settings of history and retention keep.",
        "empty_range")
        { IsOfAllIntervals = true };

    /// <summary>Providers answered, and all that they gave are bars that can be no candles.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="refused">What is wrong with them, by validation rule or <c>out_of_session</c>, and how many bars.</param>
    /// <param name="isNew">Whether nothing was ever stored of the series.</param>
    public static NothingFoundException AllRefused(Symbol symbol, IReadOnlyDictionary<string, int> refused, bool isNew)
    {
        var reasons = refused.OrderByDescending(one => one.Value)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} ({one.Value})"));
        return new(
            $"None of the {refused.Values.Sum()} bars that came of {symbol} can be a candle: {string.Join(", ", reasons)}.",
            "Look at the rejected candles on the symbol's page. If they are another instrument's or exchange's, correct the symbol; else wait "
            + "until the provider corrects them.",
            "all_rejected")
        { Health = isNew ? "error" : null };
    }

    // The first line is the whole in one sentence; a person who wants to know more reads on.
    private static string Text(string sentence, IEnumerable<string> said) => string.Join('\n', said.Prepend(sentence));
}
