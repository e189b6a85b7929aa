using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>
/// Breaks the real system in the middle of a run, and expects the data to be right all the same. When things break is drawn from the seed;
/// a failure is tried again with the seed that the table names. Each scenario has a class of its own, so that they go on side by side.
/// </summary>
public abstract class ChaosTests(FaultFreeRun faultFree) : ScenarioTests
{
    // The share of a run after which nothing is broken any more: what is broken must have something left to break.
    private const double LastBlow = 0.8;

    /// <summary>What every scenario is measured by.</summary>
    private protected FaultFreeRun FaultFree => faultFree;

    private protected Task<TestDatabase> CreateEmptyDatabaseAsync() => faultFree.Server.CreateEmptyDatabaseAsync(Cancellation);

    private protected Task<ChaosWorld> CreateWorldAsync() => ChaosWorld.CreateAsync(faultFree.Server);

    /// <summary>Asserts that all is as in the fault-free run, and notes in the table what was lost, retried and compared.</summary>
    private protected async Task ShouldBeRightAsync(ChaosWorld world, Guid run, bool logsAreWhole = true, string? except = null)
    {
        await world.EndedAsync(run);
        await CountAsync(world);
        Row.RowsCompared = (await world.ShouldBeRightAsync(run, faultFree.Data, logsAreWhole, except)).Rows;
    }

    /// <summary>Waits for the moment of a blow, in the middle of a run: some share of its candles is stored, and then a random while.</summary>
    private protected async Task WorkedUntilAsync(ChaosWorld world, Random chance, int blow, int blows)
    {
        var stored = (long)(faultFree.Data.Candles * LastBlow * (blow + chance.NextDouble()) / blows);
        await world.HoldsAsync(
            """
            count(*) FILTER (WHERE completed_at IS NOT NULL) = count(*) OR (sum(records_inserted) >= @stored AND bool_or(status = 'running'))
            FROM enrichment_jobs
            """,
            new { stored });
        await Task.Delay(faultFree.Duration / ChaosSettings.Symbols / 2 * chance.NextDouble(), Cancellation);
    }

    /// <summary>Notes in the table what became of a world's jobs.</summary>
    private protected async Task CountAsync(ChaosWorld world)
    {
        Row.Lost = await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'lost'");
        Row.Retried = await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'failed'");
        Row.TakenOver = await world.ScalarAsync<int>(
            """
            SELECT count(*) FROM (
                SELECT outcome, node_id, lead(node_id) OVER (PARTITION BY enrichment_job_id ORDER BY id) AS next FROM enrichment_job_attempts) claims
            WHERE outcome = 'lost' AND next <> node_id
            """);
    }
}
