using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What a run was asked for, in words.</summary>
/// <param name="Symbols">Which symbols.</param>
/// <param name="Intervals">Which intervals.</param>
/// <param name="Range">Of what time.</param>
/// <param name="Joined">Which of the symbols are part of another run instead; null when none is.</param>
public sealed record RunQuestion(string Symbols, string Intervals, string Range, string? Joined)
{
    private const int Named = 6;

    /// <summary>The question behind a run.</summary>
    /// <param name="run">The run with its symbols.</param>
    /// <param name="asked">What it was asked for; null when that was not recorded, and is told by its jobs.</param>
    public static RunQuestion Of(RunDetail run, RunAsked? asked)
    {
        ArgumentNullException.ThrowIfNull(run);
        IReadOnlyList<string> joined = asked?.Joined ?? [];
        var symbols = run.Symbols.Select(job => job.Symbol).Concat(joined).Distinct().Order(StringComparer.Ordinal).ToList();
        return new(
            asked is { AllSymbols: true } ? All(asked.AssetClass, symbols.Count) : List(symbols),
            asked?.Timeframes is { Count: > 0 } wanted ? string.Join(", ", wanted) : Tracked(run),
            Between(asked?.From ?? run.Symbols.Min(job => job.RangeFrom), asked?.To ?? run.Symbols.Max(job => job.RangeTo)),
            joined.Count == 0 ? null : $"{List(joined)} {(joined.Count == 1 ? "was" : "were")} queued or running already, in another run");
    }

    private static string All(string? assetClass, int count) => assetClass is null
        ? $"all active ones ({Format.Count(count)})"
        : $"all active ones of the class {Names.AssetClass(assetClass)} ({Format.Count(count)})";

    private static string List(IReadOnlyList<string> symbols) => symbols.Count switch
    {
        0 => "none",
        <= Named + 1 => string.Join(", ", symbols),
        _ => $"{string.Join(", ", symbols.Take(Named))} and {Format.Count(symbols.Count - Named)} more",
    };

    private static string Tracked(RunDetail run)
    {
        var intervals = run.Symbols.SelectMany(job => job.Timeframes).Distinct().ToList();
        var ordered = Names.Timeframes.Where(intervals.Contains).ToList();
        return ordered.Count == 0 ? Format.Missing : $"{string.Join(", ", ordered)}, as each symbol tracks them";
    }

    private static string Between(DateTimeOffset? from, DateTimeOffset? to) => from is { } first
        ? $"from {Format.Day(first)} {(to is { } last ? $"to {Format.Day(last)}" : "on")}"
        : "from what is stored to now";
}
