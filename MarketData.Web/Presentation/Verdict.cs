using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The state of the whole in a sentence, worst thing first.</summary>
/// <param name="Tone">good, warn, bad or busy.</param>
/// <param name="Sentence">The worst thing, or that all is well.</param>
/// <param name="More">What else is wrong; null when nothing is.</param>
public sealed record Verdict(string Tone, string Sentence, string? More = null)
{
    private const int OthersTold = 3;

    /// <summary>Judges the system by what the Api says of it.</summary>
    public static Verdict Of(Overview overview, DashboardHealth health)
    {
        if (health.Troubles is [var worst, ..])
            return new(Tones.Of(worst), Whole(worst), Rest([.. health.Troubles.Skip(1)]));
        if (overview.TotalSymbols == 0)
            return new("warn", "No symbols are tracked yet.");
        var symbols = health.SymbolHealth;
        if (symbols.Pending > 0)
            return new(
                "busy",
                $"First enrichment under way: {Format.Count(symbols.Healthy)} of {Format.Count(overview.TotalSymbols, "symbol")} "
                + $"{(symbols.Healthy == 1 ? "is" : "are")} ready.");
        return new("good", overview.TotalSymbols == 1
            ? "The data is good: the one symbol is healthy."
            : $"The data is good: all {Format.Count(overview.TotalSymbols)} symbols are healthy.");
    }

    // What comes of it belongs to the verdict where work waits for it.
    private static string Whole(Trouble trouble) =>
        trouble.Kind is "provider" or "paused" or "no_node" or "database" && trouble.Effect is { } effect ? $"{trouble.What} {effect}" : trouble.What;

    private static string? Rest(IReadOnlyList<Trouble> others)
    {
        if (others.Count == 0)
            return null;
        var told = string.Join(" ", others.Take(OthersTold).Select(trouble => trouble.What));
        return others.Count > OthersTold ? $"Also: {told} And {Format.Count(others.Count - OthersTold, "more thing")} below." : $"Also: {told}";
    }
}
