using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What needs attention, worst first, each with its cause and what helps.</summary>
public static class AttentionList
{
    private const int FailuresShown = 5;

    /// <summary>Lists it from what the Api says.</summary>
    public static IReadOnlyList<AttentionItem> Of(Overview overview, Health health) =>
        [.. Scheduler(overview, health), .. Providers(health), .. FailedSymbols(health), .. Symbols(health), .. Actions(health), .. LastRun(overview)];

    private static IEnumerable<AttentionItem> Scheduler(Overview overview, Health health)
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

    private static IEnumerable<AttentionItem> Providers(Health health)
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

    // Each symbol that fails now appears once, with the newest cause; recovered symbols are left out.
    private static IEnumerable<AttentionItem> FailedSymbols(Health health)
    {
        if (health.SymbolHealth.Error == 0)
            yield break;
        var latest = health.RecentFailures.DistinctBy(f => f.Symbol).Take((int)Math.Min(FailuresShown, health.SymbolHealth.Error)).ToList();
        var others = health.SymbolHealth.Error - latest.Count;
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
                    : $"{Format.Count(health.SymbolHealth.Error, "symbol")} in error in all.",
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

    private static IEnumerable<AttentionItem> Symbols(Health health)
    {
        if (health.SymbolHealth.Delisted is > 0 and var delisted)
            yield return new(
                "warn", $"{Format.Count(delisted, "symbol")} delisted or renamed?",
                "No provider knows them any more. What is stored stays: track what was renamed under its new name, "
                + "and deactivate the old one.",
                Links.SymbolsWithStatus("delisted"), "Delisted symbols");
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

    private static IEnumerable<AttentionItem> Actions(Health health) => health.ActionsWaiting.Select(waiting => new AttentionItem(
        "warn", $"{waiting.Symbol}: {Format.Count(waiting.Reports, "split or dividend", "splits or dividends")} {waiting.State}.",
        (waiting.State == "disputed" ? "The price does not show what was told." : "Paid in another currency than the price's.")
            + " Prices are not adjusted by it until somebody confirms, moves or withdraws it.",
        Links.Symbol(waiting.Symbol), waiting.Symbol));

    private static IEnumerable<AttentionItem> LastRun(Overview overview)
    {
        if (overview.LastRunResult is { Status: "failed" or "partial" } run)
            yield return new(
                run.Status == "failed" ? "bad" : "warn", $"The last run ended with {Format.Count(run.SymbolsFailed, "failed symbol")}.",
                $"{Names.Trigger(run.Trigger)} run of {Format.Count(run.SymbolsTotal, "symbol")}.", Links.Run(run.JobId), "The run", Remedy.None);
    }
}
