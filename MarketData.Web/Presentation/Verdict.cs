using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The state of the whole in one sentence, worst thing first.</summary>
/// <param name="Tone">good, warn, bad or busy.</param>
/// <param name="Sentence">The sentence.</param>
public sealed record Verdict(string Tone, string Sentence)
{
    /// <summary>Judges the system by what the Api says of it.</summary>
    public static Verdict Of(Overview overview, DashboardHealth health)
    {
        var symbols = health.SymbolHealth;
        var open = health.ApiConnectivity.Where(p => p.Status == "unhealthy").Select(p => Names.Provider(p.Provider)).ToList();
        if (health.Database.Status is not ("healthy" or "ok"))
            return new("bad", health.Reasons is [var reason, ..] ? reason : "The database is in trouble.");
        if (overview.SchedulerStatus == "stopped")
            return new("bad", "Enrichment is stopped: no node is alive.");
        if (symbols.Error > 0 || open.Count > 0)
            return new("bad", Troubles(symbols.Error, open));
        if (overview.SchedulerStatus == "paused")
            return new("warn", "Enrichment is paused: nothing new starts until it is resumed.");
        if (symbols.Stale > 0)
            return new("warn", $"{Format.Count(symbols.Stale, "symbol")} {(symbols.Stale == 1 ? "is" : "are")} out of date.");
        if (symbols.Warning > 0)
            return new("warn", $"{Format.Count(symbols.Warning, "symbol")} {(symbols.Warning == 1 ? "is" : "are")} below the quality bar.");
        if (overview.TotalSymbols == 0)
            return new("warn", "No symbols are tracked yet.");
        if (symbols.Delisted > 0)
            return new(
                "warn", $"{Format.Count(symbols.Delisted, "symbol")} {(symbols.Delisted == 1 ? "is" : "are")} delisted or renamed.");
        if (symbols.Healthy < overview.TotalSymbols)
            return new(
                "busy",
                $"First enrichment under way: {Format.Count(symbols.Healthy)} of {Format.Count(overview.TotalSymbols)} symbols are ready.");
        return new("good", overview.TotalSymbols == 1 ? "The data is good: the one symbol is healthy." : $"The data is good: all {Format.Count(overview.TotalSymbols)} symbols are healthy.");
    }

    private static string Troubles(long failed, List<string> open)
    {
        var providers = open.Count switch
        {
            0 => "",
            1 => $"{open[0]} can't be reached",
            _ => $"{string.Join(", ", open[..^1])} and {open[^1]} can't be reached",
        };
        var symbols = failed > 0 ? $"{Format.Count(failed, "symbol")} failed" : "";
        return (providers.Length, symbols.Length) switch
        {
            ( > 0, > 0) => $"{providers}, and {symbols}.",
            ( > 0, _) => $"{providers}; other providers fill in where they can.",
            _ => $"{symbols} and need{(failed == 1 ? "s" : "")} attention.",
        };
    }
}
