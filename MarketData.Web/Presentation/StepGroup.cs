using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The steps of one kind that an attempt did for one interval, added up.</summary>
/// <param name="Step">The kind of step.</param>
/// <param name="Timeframe">The interval; null for all.</param>
/// <param name="Ms">Milliseconds worked, in all.</param>
/// <param name="Times">How many steps.</param>
/// <param name="IsFailed">Whether one of them failed.</param>
/// <param name="Facts">Candles, providers, outcome and what is to be known, in words; empty when nothing is.</param>
public sealed record StepGroup(string Step, string? Timeframe, double Ms, int Times, bool IsFailed, string Facts)
{
    /// <summary>Adds up the steps of an attempt, in the order in which each kind began.</summary>
    public static IReadOnlyList<StepGroup> Of(IEnumerable<StepTiming> steps) =>
        [.. steps.GroupBy(step => (step.Step, step.Timeframe)).Select(group => Of(group.Key.Step, group.Key.Timeframe, [.. group]))];

    private static StepGroup Of(string step, string? timeframe, IReadOnlyList<StepTiming> steps)
    {
        var failed = steps.Where(one => one.Outcome == "failed").ToList();
        var providers = steps.Select(one => one.Provider).OfType<string>().Distinct().Select(Names.Provider).ToList();
        long? candles = steps.Any(one => one.Candles is not null) ? steps.Sum(one => one.Candles ?? 0) : null;
        List<string> facts = [];
        if (steps.All(one => one.StartedAt is not null && one.EndedAt is null))
            facts.Add("goes on");
        // What a single portion's store says of its candles is more than how many they are.
        if (candles is { } count && (steps is not [{ Step: "store", Message: not null }] || failed.Count > 0))
            facts.Add(Format.Count(count, "candle") + (providers.Count > 0 ? $" of {string.Join(" and ", providers)}" : ""));
        else if (providers.Count > 0)
            facts.Add(string.Join(" and ", providers));
        if (failed.Count > 0)
            facts.Add("failed");
        else if (steps.Any(one => one.Outcome == "cancelled"))
            facts.Add("broken off");
        // Of many steps the last word is enough, unless one failed.
        if ((failed.Count > 0 ? failed : steps).LastOrDefault(one => one.Message is not null)?.Message is { } message
            && (steps.Count == 1 || failed.Count > 0))
            facts.Add(message);
        return new(step, timeframe, steps.Sum(one => one.Ms), steps.Sum(one => one.Times ?? 1), failed.Count > 0, string.Join(" · ", facts));
    }
}
