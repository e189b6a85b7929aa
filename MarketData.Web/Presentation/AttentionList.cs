using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What needs attention, worst first, each with its cause and what helps.</summary>
public static class AttentionList
{
    private const int FailuresShown = 5;
    private const int SymbolsShown = 5;

    /// <summary>Lists it from what the Api says.</summary>
    /// <param name="overview">The state of enrichment.</param>
    /// <param name="health">The health of the parts.</param>
    /// <param name="symbols">What about symbols somebody should look at.</param>
    public static IReadOnlyList<AttentionItem> Of(Overview overview, DashboardHealth health, SymbolsToLookAt symbols) =>
    [
        .. Scheduler(overview, health), .. Providers(health), .. FailedSymbols(health, symbols), .. Symbols(health), .. ToLookAt(symbols),
        .. LastRun(overview),
    ];

    private static IEnumerable<AttentionItem> Scheduler(Overview overview, DashboardHealth health)
    {
        if (overview.SchedulerStatus == "stopped")
        {
            var seen = health.Scheduler.LastHeartbeat is { } heartbeat ? $"The last sign of life was at {Format.Utc(heartbeat)}. " : "";
            yield return new(
                "bad", "No enrichment node is alive.", seen + "Queued work waits on disk and runs once an instance starts.", "system#nodes",
                "Nodes");
        }
        else if (overview.SchedulerStatus == "paused")
        {
            yield return new(
                "warn", "Enrichment is paused.",
                $"{Format.Count(overview.QueueDepth, "job")} waiting. Nothing new starts until somebody resumes it.", "jobs", "Queue",
                Remedy.Resume);
        }

        if (health.Scheduler.StuckRuns > 0)
            yield return new(
                "bad", $"{Format.Count(health.Scheduler.StuckRuns, "run")} stuck without a live node.",
                "They go on by themselves when an instance starts.", "jobs?view=runs", "Runs");
    }

    private static IEnumerable<AttentionItem> Providers(DashboardHealth health)
    {
        foreach (var provider in health.ApiConnectivity.Where(p => p.Status is "unhealthy" or "degraded"))
        {
            var name = Names.Provider(provider.Provider);
            var circuits = health.Resilience.Where(r => r.Provider == provider.Provider && r.NodeAlive).ToList();
            var what = circuits.Exists(c => c.CircuitState == "isolated") ? $"{name} is shut off."
                : provider.Status == "unhealthy" ? $"{name}'s circuit is open: it is not asked for now."
                : $"{name} fails often.";
            var probe = circuits.Max(c => c.RetryAt) is { } retry ? $"Next probe at {Format.Utc(retry)}." : null;
            yield return new(
                provider.Status == "unhealthy" ? "bad" : "warn", what, Sentences(provider.LastError ?? "No error was recorded", probe),
                $"resilience#{provider.Provider}", "Resilience");
        }
    }

    // Each symbol that fails now appears once, with the newest cause; recovered symbols are left out, and so are those listed for their identity.
    private static IEnumerable<AttentionItem> FailedSymbols(DashboardHealth health, SymbolsToLookAt symbols)
    {
        var listed = symbols.Items.Where(item => item.Kind == "identity_mismatch").Select(item => item.Symbol).ToHashSet();
        var failed = health.SymbolHealth.Error - Math.Max(listed.Count, symbols.Counts.FirstOrDefault(count => count.Kind == "identity_mismatch")?.Symbols ?? 0);
        if (failed <= 0)
            yield break;
        var latest = health.RecentFailures.DistinctBy(f => f.Symbol).Where(f => !listed.Contains(f.Symbol)).Take((int)Math.Min(FailuresShown, failed)).ToList();
        var others = failed - latest.Count;
        foreach (var failure in latest)
        {
            yield return new(
                "bad", $"{failure.Symbol} failed after {Format.Count(failure.Attempt, "attempt")}.", Sentences(
                    failure.ErrorMessage, failure.ErrorAdvice),
                Links.Symbol(failure.Symbol), failure.Symbol, latest.Count == 1 && others == 0 ? Remedy.RetryFailed : Remedy.None);
        }

        if (others > 0 || latest.Count > 1)
        {
            yield return new(
                "bad", others > 0 && latest.Count > 0
                    ? $"{Format.Count(others, "more symbol")} failed."
                    : $"{Format.Count(failed, "symbol")} in error in all.",
                "Their last job failed for good.", Links.SymbolsWithStatus("error"), "Symbols in error", Remedy.RetryFailed);
        }
    }

    private static string Sentences(params ReadOnlySpan<string?> parts)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in parts)
        {
            if (part?.Trim() is not { Length: > 0 } sentence)
                continue;
            text.Append(text.Length == 0 ? "" : " ").Append(sentence);
            if (sentence[^1] is not ('.' or '!' or '?'))
                text.Append('.');
        }

        return text.ToString();
    }

    private static IEnumerable<AttentionItem> Symbols(DashboardHealth health)
    {
        if (health.SymbolHealth.Stale is > 0 and var stale)
            yield return new(
                "stale", $"{Format.Count(stale, "symbol")} out of date.", "The newest candle is more than three sessions or intervals old.",
                Links.SymbolsWithStatus("stale"), "Stale symbols", Remedy.RunNow);
        if (health.SymbolHealth.Warning is > 0 and var warning)
            yield return new(
                "warn", $"{Format.Count(warning, "symbol")} below the quality bar.",
                "Score under 0.85, completeness under 95 %, or data older than two sessions or intervals.",
                Links.SymbolsWithStatus("warning"), "Symbols with warnings");
    }

    // The newest of each kind; how many there are beside them.
    private static IEnumerable<AttentionItem> ToLookAt(SymbolsToLookAt symbols)
    {
        foreach (var kind in symbols.Counts)
        {
            var word = Names.AttentionKind(kind.Kind);
            var shown = symbols.Items.Where(item => item.Kind == kind.Kind).Take(SymbolsShown).ToList();
            foreach (var item in shown)
            {
                yield return new(
                    item.Kind == "identity_mismatch" ? "bad" : "warn", $"{item.Symbol}: {word}", Sentences(item.What, item.WhatToDo), Links.Symbol(item.Symbol),
                    item.Symbol);
            }

            if (kind.Symbols > shown.Count)
            {
                var href = kind.Kind switch
                {
                    "delisted" => Links.SymbolsWithStatus("delisted"),
                    "identity_mismatch" => Links.SymbolsWithStatus("error"),
                    _ => "symbols",
                };
                yield return new("warn", $"{Format.Count(kind.Symbols - shown.Count, "more symbol")}: {word}", null, href, "Symbols");
            }
        }
    }

    private static IEnumerable<AttentionItem> LastRun(Overview overview)
    {
        if (overview.LastRunResult is { Status: "failed" or "partial" } run)
            yield return new(
                run.Status == "failed" ? "bad" : "warn", $"The last run ended with {Format.Count(run.SymbolsFailed, "failed symbol")}.",
                $"{Names.Trigger(run.Trigger)} run of {Format.Count(run.SymbolsTotal, "symbol")}.", Links.Run(run.JobId), "The run", Remedy.None);
    }
}
