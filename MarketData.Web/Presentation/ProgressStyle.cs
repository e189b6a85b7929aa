using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Whether a run goes on, and how that looks.</summary>
/// <param name="Tone">busy, warn, bad or quiet.</param>
/// <param name="Sentence">Whether it goes on, and if not, when it does.</param>
public sealed record ProgressStyle(string Tone, string Sentence)
{
    /// <summary>The look of a run's progress.</summary>
    public static ProgressStyle Of(RunProgress progress) => progress.State switch
    {
        "queued" => new("quiet", "It waits for its turn."),
        "waiting" => new("warn", progress.WaitsFor.Count == 0
            ? "All that is left waits to be tried again."
            : $"All that is left waits for {string.Join(" and ", progress.WaitsFor.Select(Names.Provider))}."),
        "paused" => new("warn", progress.Running == 0
            ? "Paused: it goes on when somebody resumes."
            : $"Paused: {Format.Count(progress.Running, "symbol")} still {(progress.Running == 1 ? "finishes" : "finish")}; "
                + "the rest goes on when somebody resumes."),
        "stopped" => new("bad", "No node is alive: it goes on by itself when one starts."),
        "no_writes" => new("bad", "The database takes no writes: it goes on by itself when it does."),
        "cancelling" => new(
            "warn", $"Cancelled: {Format.Count(progress.Running, "symbol")} still {(progress.Running == 1 ? "finishes its" : "finish their")} step."),
        "ended" => new("quiet", "It has ended."),
        _ => new("busy", "Under way."),
    };
}
