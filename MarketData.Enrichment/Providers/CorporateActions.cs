using MarketData.Domain.Adjustments;

namespace MarketData.Enrichment.Providers;

/// <summary>A provider's splits and dividends of one instrument, each in order of ex-date, as told: with ratios and amounts that are none, too.</summary>
/// <param name="Splits">Splits.</param>
/// <param name="Dividends">Cash dividends.</param>
/// <param name="Served">False when the provider has no such data at all: then nothing follows from the lists being empty.</param>
public sealed record CorporateActions(IReadOnlyList<StockSplit> Splits, IReadOnlyList<CashDividend> Dividends, bool Served = true)
{
    /// <summary>
    /// What of the answer could not be read, each with its place in it; the lists are not all that the provider tells then.
    /// </summary>
    public IReadOnlyList<string> Flaws { get; init; } = [];

    /// <summary>The answer of a provider that knows nothing of corporate actions.</summary>
    public static CorporateActions NotServed { get; } = new([], [], Served: false);

    /// <summary>What was told in several answers, of one range each.</summary>
    /// <param name="told">The answers in order of time or the reverse.</param>
    public static CorporateActions Join(IReadOnlyCollection<CorporateActions> told) => new(
        [.. told.SelectMany(one => one.Splits).OrderBy(split => split.ExDate)],
        [.. told.SelectMany(one => one.Dividends).OrderBy(paid => paid.ExDate)],
        told.Any(one => one.Served))
    {
        Flaws = [.. told.SelectMany(one => one.Flaws)],
    };
}
