namespace MarketData.Chaos.Tests;

/// <summary>
/// Breaks the real system in the middle of a run, and expects the data to be right all the same. When things break is drawn from the seed;
/// a failure is tried again with the seed that the test printed. Each scenario has a class of its own, so that they go on side by side.
/// </summary>
public abstract class ChaosTests(FaultFreeRun faultFree)
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected Task<ChaosWorld> CreateWorldAsync() => ChaosWorld.CreateAsync(faultFree.Server);

    private protected async Task ShouldBeRightAsync(ChaosWorld world, Guid run)
    {
        await world.ShouldBeRightAsync(run, faultFree.Data);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'lost'")} jobs lost and taken up again, "
            + $"{await world.ScalarAsync<int>("SELECT coalesce(sum(attempt - 1), 0) FROM enrichment_jobs")} retries, "
            + $"{await world.ScalarAsync<long>("SELECT count(*) FROM candles")} candles equal to the fault-free run's");
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

    private protected static void Report(string? figures) => TestContext.Current.TestOutputHelper?.WriteLine(figures ?? "");
}
