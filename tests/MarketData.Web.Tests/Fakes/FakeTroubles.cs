using MarketData.Web.Api;
using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Fakes;

/// <summary>What the Api would say is wrong with a fake world, worst first, in its words.</summary>
internal static class FakeTroubles
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    public static IEnumerable<Trouble> Of(FakeWorld world)
    {
        if (world.Scheduler == "stopped")
            yield return Of("no_node", "grave", "No enrichment node is alive: nothing runs until one starts.", "no-live-node");
        foreach (var circuit in world.Circuits.Where(circuit => circuit.CircuitState == "open"))
        {
            yield return Of("provider", "bad", $"{Name(circuit.Provider)}'s circuit is open: it answered 503 to 5 of its last 7 requests.", "circuit-open") with
            {
                Effect = "No symbol waits for it.",
                Provider = circuit.Provider,
                NextTryAt = circuit.RetryAt,
                WhatToDo = "Wait: it is asked again by itself.",
                Raw = "HTTP 503 from the provider",
            };
        }

        if (Named(world, "error") is { Count: > 0 } failed)
        {
            yield return Of("symbols_failed", "bad", $"{(failed is [var one] ? one : $"{failed.Count} symbols")} failed after 4 attempts: Polygon refuses the request.", "run-success-rate-low") with
            {
                SymbolCount = failed.Count,
                Symbols = failed,
                WhatToDo = "Check the symbol's spelling, or deactivate it if it was delisted.",
                Raw = "1d: polygon: answered 404: ticker not found",
                JobNumber = 10_000,
                TraceId = Trace,
            };
        }

        foreach (var kind in world.ToLookAt.GroupBy(item => item.Kind))
        {
            var newest = kind.First();
            yield return Of(
                kind.Key, kind.Key == "identity_mismatch" ? "bad" : "warning",
                ToDecide(kind.Key, kind.Count() == 1 ? newest.Symbol : Format.Count(kind.Count(), "symbol")), "price-level-odd") with
            {
                Effect = newest.What,
                WhatToDo = newest.WhatToDo,
                SymbolCount = kind.Count(),
                Symbols = [.. kind.Select(item => item.Symbol)],
            };
        }

        if (world.Scheduler == "paused")
            yield return Of("paused", "warning", "Enrichment is paused: nothing new starts until somebody resumes it.", "nothing-under-way") with { Effect = "7 jobs wait." };
        if (Named(world, "delisted") is { Count: > 0 } delisted)
            yield return Of("delisted", "warning", $"No provider knows {delisted[0]} any more: delisted or renamed?", "symbol-delisted") with { SymbolCount = delisted.Count, Symbols = delisted };
        if (Named(world, "stale") is { Count: > 0 } stale)
            yield return Of("stale", "warning", $"The data of {Format.Count(stale.Count, "symbol")} is out of date.", "symbol-stale") with { SymbolCount = stale.Count };
        if (Named(world, "warning") is { Count: > 0 } low)
            yield return Of("quality", "notice", $"{Format.Count(low.Count, "symbol")} is below the quality bar.", "quality-low") with { SymbolCount = low.Count };
    }

    private static string ToDecide(string kind, string symbols) => kind switch
    {
        "identity_mismatch" => $"A provider answers for another instrument than {symbols}.",
        "possible_ticker_reuse" => $"The ticker of {symbols} may have been another company's before.",
        "unit_shift" => $"Prices of {symbols} are in another unit on some days.",
        _ => $"A split or dividend of {symbols} is disputed.",
    };

    /// <summary>A trouble with nothing but what is wrong.</summary>
    public static Trouble Of(string kind, string severity, string what, string? runbook = null) => new(
        Kind: kind, Severity: severity, What: what, Effect: null, WhatToDo: null, Runbook: runbook, Since: null, NextTryAt: null, Provider: null,
        SymbolCount: 0, Symbols: [], RunId: null, JobNumber: null, TraceId: null, Raw: null);

    /// <summary>How far a run is that has ended.</summary>
    public static RunProgress Progress(Run run) => new(
        JobId: run.JobId, Trigger: run.Trigger, State: "ended", StartedAt: run.StartedAt, Done: run.SymbolsTotal, Total: run.SymbolsTotal,
        Successful: run.SymbolsSuccessful, Failed: run.SymbolsFailed, Cancelled: run.SymbolsCancelled, Running: 0, Waiting: 0, WaitsFor: [], NextTryAt: null,
        SymbolsPerMinute: 12, EstimatedCompletion: run.CompletedAt);

    private static List<string> Named(FakeWorld world, string status) => [.. world.Symbols.Where(symbol => symbol.Active && symbol.Status == status).Select(symbol => symbol.Symbol)];

    private static string Name(string provider) => char.ToUpperInvariant(provider[0]) + provider[1..];
}
