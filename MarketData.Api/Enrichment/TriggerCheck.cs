using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Enrichment;

/// <summary>Turns what a caller wants enriched into a run, or says what is wrong with it; nothing is queued unless all of it can be.</summary>
public sealed class TriggerCheck(SymbolStore symbols)
{
    /// <summary>Checks a request.</summary>
    /// <param name="querySymbols">Symbols in the query string.</param>
    /// <param name="queryClass">The class in the query string.</param>
    /// <param name="queryTimeframes">Intervals in the query string.</param>
    /// <param name="body">The body; what it names may not be in the query string too.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The run to ask for, or the answer that refuses it.</returns>
    public async Task<(RunRequest? Run, ProblemHttpResult? Problem)> CheckAsync(
        IReadOnlyList<Symbol> querySymbols,
        AssetClass? queryClass,
        IReadOnlyList<BarInterval> queryTimeframes,
        TriggerRequest body,
        CancellationToken cancellation)
    {
        var fields = new BodyFields();
        var bodySymbols = fields.Symbols("symbols", body.Symbols);
        var bodyClass = fields.AssetClass("asset_class", body.AssetClass);
        var bodyTimeframes = fields.Timeframes("timeframes", body.Timeframes);
        fields.RefuseIf(querySymbols.Count > 0 && bodySymbols.Count > 0, "symbols", GivenTwice);
        fields.RefuseIf(queryClass is not null && bodyClass is not null, "asset_class", GivenTwice);
        fields.RefuseIf(queryTimeframes.Count > 0 && bodyTimeframes.Count > 0, "timeframes", GivenTwice);
        var (from, to) = (fields.Instant("from", body.From), fields.Instant("to", body.To));
        fields.RefuseIf(from is null && to is not null, "from", "is needed together with 'to'.");
        fields.RefuseIf(to is null && from is not null, "to", "is needed together with 'from'.");
        fields.RefuseIf(from >= to, "from", "must lie before 'to'.");
        if (fields.Problem is { } invalid)
            return (null, invalid);

        string[] named = [.. querySymbols.Concat(bodySymbols).Select(symbol => symbol.Value).Distinct()];
        var assetClass = (queryClass ?? bodyClass)?.Name();
        string[] timeframes = [.. queryTimeframes.Concat(bodyTimeframes).Distinct().Order().Select(interval => interval.Name())];
        if (named.Length > 0 && await FindUnknownAsync(named, assetClass, cancellation) is { } unknown)
            return (null, unknown);
        return (new RunRequest
        {
            Trigger = from is null ? RunTrigger.Manual : RunTrigger.Backfill,
            Symbols = named.Length > 0 ? [.. named.Order(StringComparer.Ordinal)] : null,
            AssetClass = assetClass,
            Timeframes = timeframes.Length > 0 ? timeframes : null,
            From = from,
            To = to,
        }, null);
    }

    private const string GivenTwice = "is given both in the query string and in the body.";

    private async Task<ProblemHttpResult?> FindUnknownAsync(string[] named, string? assetClass, CancellationToken cancellation)
    {
        var tracked = await symbols.FindAsync(named, cancellation);
        var sentences = new List<string>();
        IReadOnlyList<string>? names = null;
        foreach (var name in named)
        {
            if (!tracked.TryGetValue(name, out var symbol))
            {
                names ??= await symbols.ReadNamesAsync(cancellation);
                sentences.Add(NearMisses.Sentence(name, names));
            }
            else if (!symbol.Active)
            {
                sentences.Add($"{name} is not active; activate it first.");
            }
            else if (assetClass is not null && symbol.AssetClass != assetClass)
            {
                sentences.Add($"{name} is not of the class {assetClass}: it is {symbol.AssetClass}.");
            }
        }

        return sentences.Count == 0
            ? null
            : Problems.Unprocessable("Nothing was queued. " + string.Join(" ", sentences), new() { ["symbols"] = [.. sentences] });
    }
}
