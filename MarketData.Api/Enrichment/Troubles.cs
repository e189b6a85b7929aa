using MarketData.Storage.Dashboard;
using MarketData.Storage.Writes;

namespace MarketData.Api.Enrichment;

/// <summary>All that is wrong, worst first: what verdict, tiles and lists alike are made of.</summary>
internal static class Troubles
{
    private static readonly string[] Severities = ["grave", "bad", "warning", "notice"];

    /// <summary>Lists it.</summary>
    /// <param name="rows">The state of the parts.</param>
    /// <param name="providers">What each provider's state comes to.</param>
    /// <param name="database">Why the database takes no writes; null while it does.</param>
    public static IReadOnlyList<Trouble> Of(HealthRows rows, IReadOnlyList<ProviderConnectivity> providers, DatabaseTrouble? database)
    {
        IEnumerable<Trouble> all =
        [
            .. Database(database), .. Nodes(rows), .. ProviderTroubles.Of(rows, providers), .. SymbolTroubles.Failed(rows), .. Late(rows),
            .. Paused(rows), .. SymbolTroubles.ToDecide(rows), .. SymbolTroubles.Waiting(rows), .. SymbolTroubles.Cancelled(rows),
            .. SymbolTroubles.NotBegun(rows), .. Data(rows),
            .. Bulk(rows),
        ];
        return [.. all.OrderBy(trouble => Array.IndexOf(Severities, trouble.Severity))];
    }

    private static IEnumerable<Trouble> Database(DatabaseTrouble? trouble)
    {
        if (trouble is not null)
            yield return new Trouble(
                "database", "grave", trouble.Message, "Nothing new can be stored. What is stored can be read.", trouble.Advice,
                Runbooks.DatabaseTakesNoWrites)
            { Raw = trouble.Detail };
    }

    private static IEnumerable<Trouble> Nodes(HealthRows rows)
    {
        if (rows.Scheduler.Nodes > 0)
            yield break;
        var waiting = rows.InHand.Waiting + rows.InHand.Running;
        yield return new Trouble(
            "no_node", "grave", "No enrichment node is alive: nothing runs until one starts.",
            Wording.Join(
                waiting > 0 ? $"{Wording.Count(waiting, "job")} {Wording.Verb(waiting, "waits", "wait")} on disk" : null,
                rows.StuckRuns > 0 ? $"{Wording.Count(rows.StuckRuns, "run")} {Wording.Verb(rows.StuckRuns, "is", "are")} open" : null),
            "Start an enrichment instance, and look at the last one's log for why it ended.", Runbooks.NoLiveNode)
        { Since = rows.Scheduler.LastHeartbeat };
    }

    // Without a schedule nobody waits for a run; why none can begin is told otherwise.
    private static IEnumerable<Trouble> Late(HealthRows rows)
    {
        if (rows is not { LastCompletedLongAgo: { } last, Scheduler: { Nodes: > 0, Paused: false, NextRun: not null } })
            yield break;
        yield return new Trouble(
            "run_late", "bad", "No run has completed for more than 26 hours: a night was missed.",
            rows.InHand.Waiting + rows.InHand.Running is > 0 and var open
                ? $"{Wording.Count(open, "job")} {Wording.Verb(open, "is", "are")} under way."
                : "Nothing is queued.",
            "Look at the queue and the nodes; where nothing is under way, run all now.", Runbooks.NoRunCompleted)
        { Since = last };
    }

    private static IEnumerable<Trouble> Paused(HealthRows rows)
    {
        if (!rows.Scheduler.Paused || rows.Scheduler.Nodes == 0)
            yield break;
        yield return new Trouble(
            "paused", "warning", "Enrichment is paused: nothing new starts until somebody resumes it.",
            Wording.Join(
                rows.InHand.Waiting is > 0 and var waiting
                    ? $"{Wording.Count(waiting, "job")} {Wording.Verb(waiting, "waits", "wait")}"
                    : "No job waits",
                rows.InHand.Running is > 0 and var running
                    ? $"{Wording.Count(running, "job")} {Wording.Verb(running, "finishes", "finish")}"
                    : null,
                rows.InHand.ChangedBy is { } by ? $"It was paused by {by}" : null),
            "Resume it.", Runbooks.NothingUnderWay)
        { Since = rows.InHand.ChangedAt };
    }

    private static IEnumerable<Trouble> Data(HealthRows rows)
    {
        if (rows.Symbols.Stale is > 0 and var stale)
            yield return new Trouble(
                "stale", "warning", $"The data of {Wording.Count(stale, "symbol")} {Wording.Verb(stale, "is", "are")} out of date.",
                "The newest candle is more than three sessions or intervals old.", "Run them now.", Runbooks.SymbolStale)
            { SymbolCount = stale };
        if (rows.Symbols.Warning is > 0 and var low)
            yield return new Trouble(
                "quality", "notice", $"{Wording.Count(low, "symbol")} {Wording.Verb(low, "is", "are")} below the quality bar.",
                "Score or completeness is too low, or the newest candle is older than two sessions or intervals.",
                null, Runbooks.QualityLow)
            { SymbolCount = low };
    }

    private static IEnumerable<Trouble> Bulk(HealthRows rows)
    {
        if (rows.BulkFailure is { } failure)
            yield return new Trouble("bulk_files", "warning", $"Bulk files could not be written. {failure}", null, null, Runbooks.BulkFilesOld);
    }
}
