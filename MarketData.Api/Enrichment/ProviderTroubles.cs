using System.Globalization;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Enrichment;

/// <summary>What is wrong with providers: one trouble for each, with how many symbols wait for it and who filled in.</summary>
internal static class ProviderTroubles
{
    private const double OftenFailing = 0.1;

    /// <summary>Lists it, worst first.</summary>
    /// <param name="rows">The state of the parts.</param>
    /// <param name="providers">What each provider's state comes to.</param>
    public static IEnumerable<Trouble> Of(HealthRows rows, IReadOnlyList<ProviderConnectivity> providers)
    {
        var known = providers.Where(provider => provider.Status != "unknown").ToList();
        var isAll = known.Count > 0 && known.TrueForAll(provider => provider.Status == "unhealthy");
        return providers.OrderBy(provider => provider.Status == "unhealthy" ? 0 : 1)
            .Select(provider => Of(rows, provider, isAll)).OfType<Trouble>();
    }

    /// <summary><c>unhealthy</c> when a live node does not ask the provider, <c>degraded</c> when it is tried again or fails often.</summary>
    /// <param name="live">Its state on the nodes that live, at least one.</param>
    public static string StatusOf(IReadOnlyList<ProviderResilience> live) =>
        live.Any(state => state.CircuitState is "open" or "isolated") ? "unhealthy"
        : live.Any(state => state.CircuitState == "half_open" || state.FailureRatio >= OftenFailing) ? "degraded"
        : "healthy";

    private static Trouble? Of(HealthRows rows, ProviderConnectivity provider, bool isAll)
    {
        var live = rows.Providers.Select(state => state.Resilience).Where(state => state.Provider == provider.Provider && state.NodeAlive).ToList();
        var refused = live.Where(state => state.RateLimit is { Refusal: not null, BlockedUntil: { } until } && until > rows.Scheduler.Now)
            .Select(state => state.RateLimit).MaxBy(state => state.BlockedUntil);
        var waiting = rows.Waiting.Where(cause => cause.Providers.Contains(provider.Provider)).ToList();
        if (provider.Status is not ("unhealthy" or "degraded") && refused is null && waiting.Count == 0)
            return null;

        var worst = waiting.MaxBy(cause => cause.Symbols);
        var isShut = provider.Isolation is not null || live.Exists(state => state.CircuitState == "isolated");
        return new Trouble(
            "provider",
            isAll ? "grave" : provider.Status == "unhealthy" || refused is not null ? "bad" : "warning",
            What(provider, live, refused, rows.LastRequests.FirstOrDefault(one => one.Provider == provider.Provider)),
            Wording.Join(isAll ? "No other provider can be asked" : null, Wait(waiting), FilledIn(rows, provider.Provider)),
            isShut
                ? "Restore it on its page when it may be asked again."
                : worst?.Advice ?? "Wait: it is asked again by itself. If it lasts, look at the provider's status page.",
            refused is not null ? Runbooks.RateLimitRejections : Runbooks.CircuitOpen)
        {
            Provider = provider.Provider,
            Since = provider.Isolation?.IsolatedAt ?? live.Min(state => state.OpenedAt) ?? waiting.Min(cause => cause.Since),
            NextTryAt = isShut ? null : refused?.BlockedUntil ?? live.Min(state => state.RetryAt) ?? waiting.Min(cause => cause.NextTryAt),
            SymbolCount = waiting.Sum(cause => cause.Symbols),
            Symbols = [.. waiting.SelectMany(cause => cause.Examples).Distinct().Take(20)],
            JobNumber = worst?.JobNumber,
            TraceId = worst?.TraceId,
            Raw = Raw(provider, worst),
        };
    }

    private static string What(ProviderConnectivity provider, List<ProviderResilience> live, RateLimitState? refused, LastRequests? last)
    {
        var name = Wording.Provider(provider.Provider);
        if (provider.Isolation is { } isolation)
            return ShutOff(name, isolation);
        if (live.Exists(state => state.CircuitState == "isolated"))
            return $"{name} is shut off by hand: it is not asked.";
        if (refused is { BlockedUntil: { } until })
            return string.Create(CultureInfo.InvariantCulture, $"{name} is not asked before {until:yyyy-MM-dd HH:mm} UTC, since it {refused.Refusal}.");
        var answers = Answers(last);
        if (live.Exists(state => state.CircuitState == "open"))
            return $"{name}'s circuit is open: {answers ?? "it failed so often that it is not asked for now"}.";
        if (live.Exists(state => state.CircuitState == "half_open"))
            return $"{name} is being tried again: {answers ?? "its circuit was open, and one request probes it"}.";
        var ratio = live.Count == 0 ? 0 : live.Max(state => state.FailureRatio);
        if (ratio >= OftenFailing && answers is not null)
            return $"{name} fails often: {answers}.";
        return ratio >= OftenFailing
            ? string.Create(CultureInfo.InvariantCulture, $"{name} fails often: {ratio * 100:0} % of the last requests.")
            : $"{name} gave nothing for some symbols.";
    }

    private static string ShutOff(string name, ProviderIsolation isolation)
    {
        var by = isolation.IsolatedBy is { Length: > 0 } person ? $" by {person}" : "";
        var why = isolation.Reason is { Length: > 0 } reason ? $": {reason.TrimEnd('.')}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name} has been shut off since {isolation.IsolatedAt:yyyy-MM-dd HH:mm} UTC{by}{why}.");
    }

    // A predicate to the provider's name; null when the last requests were answered.
    private static string? Answers(LastRequests? last)
    {
        if (last is not { Failed: > 0 })
            return null;
        var which = last.Requests == 1 ? "the last request" : $"{last.Failed} of its last {last.Requests} requests";
        return last switch
        {
            { Status: { } status } => $"it answered {status} to {which}",
            { Failure: "timeout" } => $"it did not answer {which} in time",
            _ => $"it could not be reached for {which}",
        };
    }

    private static string? Wait(List<SharedCause> waiting) => waiting.Sum(cause => cause.Symbols) is > 0 and var symbols
        ? $"{Wording.Symbols([.. waiting.SelectMany(cause => cause.Examples).Distinct()], symbols)} {Wording.Verb(symbols, "waits", "wait")} for it"
        : "No symbol waits for it";

    private static string? FilledIn(HealthRows rows, string provider)
    {
        var others = rows.FilledIn.Where(one => one.Provider == provider).ToList();
        return others.Count == 0
            ? null
            : Wording.And([.. others.Select(one => $"{Wording.Provider(one.By)} filled in for {Wording.Count(one.Symbols, "symbol")}")])
                + " in the last 24 hours";
    }

    private static string? Raw(ProviderConnectivity provider, SharedCause? waiting) =>
        string.Join('\n', ((string?[])[provider.LastError, waiting?.Message]).OfType<string>().Distinct()) is { Length: > 0 } said ? said : null;
}
