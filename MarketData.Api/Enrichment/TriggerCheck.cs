using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Enrichment;

/// <summary>
/// Turns what a caller wants enriched into a run, or says what is wrong with it; nothing is queued unless all of it can be.
/// </summary>
public sealed class TriggerCheck(SymbolStore store, WatchlistStore watchlists, TimeProvider time)
{
    // With the S&P's predecessor on this day begins the longest history that any provider serves.
    private static readonly DateTime Earliest = new(1927, 12, 30, 0, 0, 0, DateTimeKind.Utc);

    private const string GivenTwice = "is given both in the query string and in the body.";

    // The most that an answer names.
    private const int MostNamed = 20;

    // The day that has begun somewhere is not over anywhere yet, and its end is how people write "until now".
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>Checks a request.</summary>
    /// <param name="query">What the query string names; the body may not name it too.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The run to ask for, or the answer that refuses it.</returns>
    public async Task<(RunRequest? Run, ProblemHttpResult? Problem)> CheckAsync(
        TriggerQuery query, TriggerRequest body, CancellationToken cancellation)
    {
        if (Objections(query, body, time.GetUtcNow().UtcDateTime) is { Count: > 0 } objections)
            return (null, Problems.Invalid(objections));

        var asked = AsAsked(query, body);
        var (from, to, assetClass) = (asked.From, asked.To, asked.AssetClass);
        var (symbols, missing) = await WatchlistChoice.ResolveAsync(
            watchlists, query.Watchlist ?? body.Watchlist, [.. (asked.Symbols ?? []).Select(Symbol.Parse)], assetClass, active: true, cancellation);
        if (symbols is null)
            return (null, missing);
        string[] named = [.. symbols.Select(symbol => symbol.Value)];
        string[] timeframes = [.. asked.Timeframes ?? []];
        var isTracking = asked.Track;
        if (named.Length > 0)
        {
            var tracked = await store.FindAsync(named, cancellation);
            if ((await FindUnknownAsync(named, tracked, assetClass, cancellation) ?? FindNotListed([.. tracked.Values], from, to, isAny: true)
                ?? (isTracking ? null : FindUntracked(tracked.Values, timeframes))) is { } objection)
                return (null, objection);
        }
        else if (from is not null || (timeframes.Length > 0 && !isTracking))
        {
            var all = await store.ReadAllAsync(new() { Active = true, AssetClass = assetClass }, cancellation);
            if ((FindNotListed(all, from, to, isAny: false) ?? (isTracking ? null : FindUntracked(all, timeframes))) is { } objection)
                return (null, objection);
        }

        return (asked with { Symbols = Ordered(named) }, null);
    }

    /// <summary>The request as the caller put it, before the symbols of a watchlist take its place.</summary>
    internal static RunRequest AsAsked(TriggerQuery query, TriggerRequest body)
    {
        var (from, to) = (Instant.ToUtc(body.From), Instant.ToUtc(body.To));
        var symbols = (query.Symbols ?? []).Concat((body.Symbols ?? []).Select(text => Symbol.Parse(text!)));
        var intervals = (query.Timeframes ?? []).Concat(body.Timeframes ?? []).Select(text => BarIntervals.Parse(text!));
        string[] timeframes = [.. intervals.Distinct().Order().Select(interval => interval.Name())];
        return new RunRequest
        {
            Trigger = from is null ? RunTrigger.Manual : RunTrigger.Backfill,
            Symbols = Ordered(symbols.Select(symbol => symbol.Value)),
            AssetClass = (query.AssetClass ?? body.AssetClass)?.ToLowerInvariant(),
            Timeframes = timeframes.Length > 0 ? timeframes : null,
            Track = (query.Track ?? body.Track) == true,
            From = from,
            To = to,
        };
    }

    private static string[]? Ordered(IEnumerable<string> symbols)
    {
        string[] ordered = [.. symbols.Distinct().Order(StringComparer.Ordinal)];
        return ordered.Length > 0 ? ordered : null;
    }

    private static Dictionary<string, string[]> Objections(TriggerQuery query, TriggerRequest body, DateTime now)
    {
        IEnumerable<(string Field, string Objection, bool Holds)> objections =
        [
            ("symbols", GivenTwice, query.Symbols is { Length: > 0 } && body.Symbols is { Count: > 0 }),
            ("asset_class", GivenTwice, query.AssetClass is not null && body.AssetClass is not null),
            ("watchlist", GivenTwice, query.Watchlist is not null && body.Watchlist is not null),
            ("timeframes", GivenTwice, query.Timeframes is { Length: > 0 } && body.Timeframes is { Count: > 0 }),
            ("track", GivenTwice, query.Track is not null && body.Track is not null),
            ("track", "says which of 'timeframes' to follow from now on, and is needed only with them.",
                (query.Track ?? body.Track) == true && query.Timeframes is not { Length: > 0 } && body.Timeframes is not { Count: > 0 }),
            ("from", "is needed together with 'to'.", body.From is null && body.To is not null),
            ("to", "is needed together with 'from'.", body.To is null && body.From is not null),
            ("from", "lies in the future, where no candle can be.", Instant.ToUtc(body.From) >= now),
            ("to", "lies in the future, where no candle can be; until now is asked for with the present time or today's date.",
                Instant.ToUtc(body.To) > now + Slack && Instant.ToUtc(body.From) < now),
            ("to", "lies before 30 December 1927, of which no provider has candles.", Instant.ToUtc(body.To) <= Earliest),
            ("from", "must lie before 'to'.", Instant.ToUtc(body.From) >= Instant.ToUtc(body.To)),
        ];
        return objections.Where(one => one.Holds)
            .GroupBy(one => one.Field, one => $"'{one.Field}' {one.Objection}")
            .ToDictionary(field => field.Key, field => field.ToArray());
    }

    private async Task<ProblemHttpResult?> FindUnknownAsync(
        string[] named, IReadOnlyDictionary<string, TrackedSymbol> tracked, string? assetClass, CancellationToken cancellation)
    {
        var sentences = new List<string>();
        IReadOnlyList<string>? names = null;
        foreach (var name in named)
        {
            if (!tracked.TryGetValue(name, out var symbol))
            {
                names ??= await store.ReadNamesAsync(cancellation);
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
            : Problems.Of(ProblemCodes.NothingQueued, "Nothing was queued. " + string.Join(" ", sentences), new() { ["symbols"] = [.. sentences] });
    }

    // An interval that nobody follows would be fetched once, and grow old without anybody being told.
    private static ProblemHttpResult? FindUntracked(IEnumerable<TrackedSymbol> symbols, string[] timeframes)
    {
        var sentences = symbols.OrderBy(symbol => symbol.Symbol, StringComparer.Ordinal)
            .Select(symbol => (symbol.Symbol, Missing: timeframes.Except(symbol.Timeframes).ToList(), symbol.Timeframes))
            .Where(symbol => symbol.Missing.Count > 0)
            .Select(symbol => $"{symbol.Symbol} does not track {string.Join(", ", symbol.Missing)}, but {string.Join(", ", symbol.Timeframes)}.")
            .ToList();
        return sentences.Count == 0
            ? null
            : Problems.Of(
                ProblemCodes.TimeframeNotTracked,
                $"Nothing was queued. {Few(sentences)} With track=true they are tracked from now on.",
                new() { ["timeframes"] = [.. sentences.Take(MostNamed)] });
    }

    // Of a class or all symbols some may have been listed later: their jobs say so. It is a mistake only where it is so of every one.
    private static ProblemHttpResult? FindNotListed(IReadOnlyCollection<TrackedSymbol> symbols, DateTime? from, DateTime? to, bool isAny)
    {
        var errors = new Dictionary<string, string[]>();
        var (early, late) = (new List<string>(), new List<string>());
        foreach (var symbol in symbols.OrderBy(symbol => symbol.Symbol, StringComparer.Ordinal))
        {
            // A provider of crypto tells when its own history begins.
            if (symbol.AssetClass == AssetClass.Crypto.Name())
                continue;
            if (symbol.FirstTraded is { } first && to <= Opening(symbol, first))
            {
                early.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{symbol.Symbol} was first traded on {first:yyyy-MM-dd}: 'to' must lie after that day's opening."));
            }

            if (symbol.LastTraded is { } last && from >= last.AddDays(2).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))
                late.Add(string.Create(CultureInfo.InvariantCulture, $"{symbol.Symbol} was last traded on {last:yyyy-MM-dd}: 'from' must not lie after it."));
        }

        if (!isAny && early.Count + late.Count < symbols.Count)
            return null;
        if (early.Count > 0)
            errors["to"] = [.. early.Take(MostNamed)];
        if (late.Count > 0)
            errors["from"] = [.. late.Take(MostNamed)];
        return errors.Count == 0 ? null : Problems.Of(ProblemCodes.NothingQueued, $"Nothing was queued. {Few([.. early, .. late])}", errors);
    }

    private static string Few(List<string> sentences) => sentences.Count <= MostNamed
        ? string.Join(" ", sentences)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(" ", sentences.Take(MostNamed))} The same is true of {sentences.Count - MostNamed} more.");

    // Of the interval whose days begin first.
    private static DateTime Opening(TrackedSymbol symbol, DateOnly date) => TradingCalendar
        .For(new Instrument(Symbol.Parse(symbol.Symbol), AssetClassNames.Parse(symbol.AssetClass)))
        .BeginOf(date, BarInterval.FiveMinutes);
}
