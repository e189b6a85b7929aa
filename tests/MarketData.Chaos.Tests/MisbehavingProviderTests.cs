namespace MarketData.Chaos.Tests;

/// <summary>Providers that misbehave in every way at once.</summary>
public sealed class MisbehavingProviderTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_provider_that_refuses_fails_breaks_off_and_hangs_costs_not_one_candle()
    {
        ChaosSettings.Chance("misbehaving provider");
        await using var world = await CreateWorldAsync();
        await world.FaultAsync(new { kind = "rate_limited", rate = 0.10, retry_after_seconds = 1, seed = ChaosSettings.Seed });
        await world.FaultAsync(new { kind = "server_error", rate = 0.05, seed = ChaosSettings.Seed + 1 });
        await world.FaultAsync(new { kind = "truncated_json", rate = 0.02, seed = ChaosSettings.Seed + 2 });
        await world.FaultAsync(new { kind = "hang", rate = 0.01, seed = ChaosSettings.Seed + 3 });
        await world.StartNodeAsync();

        var run = await world.TriggerAsync();

        await ShouldBeRightAsync(world, run);
        Row.Did(await world.ScalarAsync<string>("""
            SELECT string_agg(concat_ws(' ', provider, said->>'calls_total', 'calls,', said->>'errors_total', 'failed,', said->>'retries_total', 'retried'), '; ')
            FROM (SELECT provider, state->'resilience' AS said FROM provider_state) states
            """) ?? "");
    }
}
