using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>How far a run has got, and whether it goes on.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Trigger">What started it.</param>
/// <param name="State">
/// <c>queued</c>, <c>running</c>, <c>waiting</c> (all that is left waits to be tried again), <c>paused</c>, <c>stopped</c> (no node is alive),
/// <c>no_writes</c> (the database takes none), <c>cancelling</c> (what is running finishes) or <c>ended</c>.
/// </param>
/// <param name="StartedAt">When it began, UTC; null while it is queued.</param>
/// <param name="Done">Symbols done, failed or cancelled.</param>
/// <param name="Total">Symbols in all.</param>
/// <param name="Successful">Symbols enriched.</param>
/// <param name="Failed">Symbols that failed for good.</param>
/// <param name="Cancelled">Symbols cancelled before they were done.</param>
/// <param name="Running">Symbols being worked on.</param>
/// <param name="Waiting">Symbols that wait to be tried again.</param>
/// <param name="WaitsFor">The providers that they wait for.</param>
/// <param name="NextTryAt">When the next of them is tried again, UTC; null when none waits.</param>
/// <param name="SymbolsPerMinute">
/// Symbols a minute: over the last ten minutes, or since it began or was resumed when none was done in them; null until one is done, and while it
/// does not go on.
/// </param>
/// <param name="EstimatedCompletion">When it will end at that rate, or when it ended, UTC; null while it does not go on.</param>
public sealed record RunProgress(
    Guid JobId, string Trigger, string State, DateTime? StartedAt, int Done, int Total, int Successful, int Failed, int Cancelled, long Running,
    long Waiting, IReadOnlyList<string> WaitsFor, DateTime? NextTryAt, double? SymbolsPerMinute, DateTime? EstimatedCompletion)
{
    /// <summary>Describes a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="left">What is left of it.</param>
    /// <param name="takesWrites">Whether the database takes writes.</param>
    internal static RunProgress Of(RunSummary run, RunLeft left, bool takesWrites)
    {
        var done = run.SymbolsSuccessful + run.SymbolsFailed + run.SymbolsCancelled;
        var state = StateOf(run, left, takesWrites);
        var pace = state is "running" or "ended" ? PaceOf(run, left) : null;
        return new(
            run.JobId, run.Trigger, state, run.StartedAt, done, run.SymbolsTotal, run.SymbolsSuccessful, run.SymbolsFailed, run.SymbolsCancelled,
            left.Running, left.Retrying, left.WaitsFor, left.NextTryAt, pace, run.CompletedAt ?? End(left, pace, run.SymbolsTotal - done));
    }

    private static string StateOf(RunSummary run, RunLeft left, bool takesWrites)
    {
        if (run.CompletedAt is not null)
            return "ended";
        if (!takesWrites)
            return "no_writes";
        if (left.Nodes == 0)
            return "stopped";
        if (left is { Running: > 0, Queued: 0, Retrying: 0 } && left.Cancelling == left.Running)
            return "cancelling";
        if (left.Paused)
            return "paused";
        if (left is { Running: 0, Queued: 0, Retrying: > 0 } && left.NextTryAt > left.Now)
            return "waiting";
        return run.StartedAt is null ? "queued" : "running";
    }

    private static double? PaceOf(RunSummary run, RunLeft left)
    {
        if (run.CompletedAt is { } end)
            return Rate(run.SymbolsSuccessful + run.SymbolsFailed + run.SymbolsCancelled, (end - run.StartedAt)?.TotalMinutes);
        return Rate(left.DoneLately, left.LatelySeconds / 60) ?? Rate(left.DoneSince, left.SinceSeconds / 60);
    }

    private static double? Rate(long done, double? minutes) => done > 0 && minutes > 0 ? done / minutes : null;

    // It does not end before the last of those that wait has been tried again.
    private static DateTime? End(RunLeft left, double? pace, int symbols)
    {
        if (pace is not { } rate)
            return null;
        var end = left.Now.AddMinutes(symbols / rate);
        return left.LastTryAt > end ? left.LastTryAt : end;
    }
}
