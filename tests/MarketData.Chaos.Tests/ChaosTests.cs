namespace MarketData.Chaos.Tests;

/// <summary>
/// Breaks the real system in the middle of a run, and expects the data to be right all the same. When things break is drawn from the seed;
/// a failure is tried again with the seed that the table names. Each scenario has a class of its own, so that they go on side by side.
/// </summary>
public abstract class ChaosTests(FaultFreeRun faultFree) : ScenarioTests
{
    private protected Task<ChaosWorld> CreateWorldAsync() => ChaosWorld.CreateAsync(faultFree.Server);

    /// <summary>Asserts that all is as in the fault-free run, and notes in the table what was lost, retried and compared.</summary>
    private protected async Task ShouldBeRightAsync(ChaosWorld world, Guid run)
    {
        await world.EndedAsync(run);
        await CountAsync(world);
        Row.RowsCompared = (await world.ShouldBeRightAsync(run, faultFree.Data)).Rows;
    }

    /// <summary>Waits for the moment of a blow: some share of the run is done, and then a random while.</summary>
    private protected async Task WorkedUntilAsync(ChaosWorld world, Random chance, int blow, int blows)
    {
        var done = Math.Min((int)(ChaosSettings.Symbols * (blow + chance.NextDouble()) / blows), ChaosSettings.Symbols - 1);
        await world.HoldsAsync(
            """
            count(*) FILTER (WHERE completed_at IS NOT NULL) = count(*)
                OR (count(*) FILTER (WHERE completed_at IS NOT NULL) >= @done AND bool_or(status = 'running')) FROM enrichment_jobs
            """,
            new { done });
        await Task.Delay(faultFree.Duration / (blows + 1) * chance.NextDouble(), Cancellation);
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
