using MarketData.Api.Errors;
using MarketData.Api.Providers;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Quality;

/// <summary>Asks two providers for the same bars, and puts what they say side by side.</summary>
internal static class ProviderComparisons
{
    private const int DefaultBars = 30;

    // What a person can look at, and most providers give in one page.
    private const int MostBars = 2_000;

    // A node gives a provider eight seconds.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(9);

    /// <summary>Answers with the comparison; a provider that refused is told with its reason.</summary>
    public static async Task<Results<Ok<ProviderComparison>, ProblemHttpResult>> GetAsync(
        [AsParameters] ProviderComparisonQuery query, SymbolStore symbols, ProviderStateStore states, ProviderQuestionStore questions,
        TimeProvider time, CancellationToken cancellation)
    {
        if (await symbols.ReadAsync(query.Symbol.Value, cancellation) is not { } tracked)
            return Problems.NotTracked(query.Symbol);
        var (provider, other) = (query.Provider.ToLowerInvariant(), query.OtherProvider.ToLowerInvariant());
        if (provider == other)
            return Problems.Invalid("other_provider", "'other_provider' must be another than 'provider'.");
        if (await states.ObjectionAsync(provider, cancellation) is { } unknown)
            return unknown;
        if (await states.ObjectionAsync(other, cancellation, "other_provider") is { } otherUnknown)
            return otherUnknown;

        var instrument = new Instrument(query.Symbol, AssetClassNames.Parse(tracked.AssetClass));
        var interval = BarIntervals.Parse(query.Timeframe.ToLowerInvariant());
        var range = RangeOf(query, instrument, interval, time.GetUtcNow().UtcDateTime);
        if (range.From >= range.To)
            return Problems.Invalid("start", "'start' must be before 'end', and before now.");
        if ((range.To - range.From) / interval.Length() > MostBars)
            return Problems.Invalid("start", $"'start' must lie so that the range has at most {MostBars} bars of {interval.Name()}.");

        var answers = await Task.WhenAll(
            questions.AskAsync(provider, instrument, interval, range, WaitLimit, cancellation),
            questions.AskAsync(other, instrument, interval, range, WaitLimit, cancellation));
        if (answers is not [{ } one, { } two])
        {
            return Problems.Of(
                ProblemCodes.NoNode,
                $"No enrichment node answered within {WaitLimit.TotalSeconds:0} s, and only nodes speak to providers: start one, or look at the nodes' logs.");
        }

        return TypedResults.Ok(ProviderComparison.Of(
            new(query.Symbol.Value, interval.Name(), range.From, range.To), (provider, one), (other, two)));
    }

    private static (DateTime From, DateTime To) RangeOf(ProviderComparisonQuery query, Instrument instrument, BarInterval interval, DateTime now)
    {
        var end = query.End?.EndOf(instrument, interval) is { } asked && asked < now ? asked : now;
        return (query.Start?.StartOf(instrument, interval) ?? end - DefaultBars * interval.Length(), end);
    }
}
