namespace MarketData.Chaos.Tests;

/// <summary>Symbols that can never be done, each for a reason of its own, beside others.</summary>
public sealed class PoisonSymbolTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task Poison_symbols_end_with_their_cause_and_take_no_place_from_others()
    {
        ChaosSettings.Chance("poison symbols");
        await using var world = await CreateWorldAsync();
        await world.FaultAsync(new { kind = "malformed_json", symbol = "SIM0001", endpoint = "candles" });
        await world.FaultAsync(new { kind = "other_instrument", symbol = "SIM0002" });
        // One place: who keeps it keeps everybody waiting.
        var node = await world.StartNodeAsync(("Enrichment:Concurrency", "1"), ("Enrichment:MaxAttempts", "2"));
        var run = await world.TriggerAsync();

        await world.EndedAsync(run);
        Row.Did("1 symbol is another instrument, 1 never readable");
        await CountAsync(world);
        await ShouldHaveFailedAsync(world, "SIM0001", "bad_answer", "unreadable");
        await ShouldHaveFailedAsync(world, "SIM0002", "identity_mismatch", "SIM0002");
        await OthersShouldBeRightAsync(world, run, "SIM0001", "SIM0002");
        node.HasEnded.ShouldBeFalse();
    }

    [Fact(Explicit = true)]
    public async Task A_symbol_for_which_the_provider_always_fails_waits_no_longer_than_it_may()
    {
        const string poison = "SIM0001";
        ChaosSettings.Chance("symbol never answered");
        await using var world = await CreateWorldAsync();
        await world.FaultAsync(new { kind = "server_error", symbol = poison });
        await world.StartNodeAsync(("Enrichment:Concurrency", "1"), ("Enrichment:Retry:LongestWait", "00:01:00"));
        var run = await world.TriggerAsync();

        await world.EndedAsync(run);
        Row.Did("1 symbol is never answered");
        await CountAsync(world);
        await ShouldHaveFailedAsync(world, poison, "circuit_open", "its circuit is open");
        await OthersShouldBeRightAsync(world, run, poison);
    }

    [Fact(Explicit = true)]
    public async Task A_symbol_that_no_node_has_the_memory_for_ends_with_its_cause()
    {
        const string poison = "SIM0001";
        ChaosSettings.Chance("symbol too large");
        await using var world = await CreateWorldAsync();
        await world.FaultAsync(new { kind = "padded_body", symbol = poison, endpoint = "candles", bytes = OutOfMemoryTests.TooMuch });
        var run = await world.TriggerAsync();
        var restarts = await world.WorkAndRestartAsync(
            run, [OutOfMemoryTests.Limit, .. ChaosWorld.LongAttempts, ("Enrichment:Concurrency", "1"), ("Enrichment:MaxLosses", "6")]);
        Row.Did($"1 symbol takes more memory than there is, its node was started again {restarts} times");
        await CountAsync(world);
        await ShouldHaveFailedAsync(world, poison, "lost", "The node ran out of memory in the step fetch of");
        await OthersShouldBeRightAsync(world, run, poison);
        // The run may have ended before its node has.
        restarts.ShouldBeInRange(5, 6);
    }

    [Fact(Explicit = true)]
    public async Task A_symbol_that_kills_every_node_ends_with_its_cause_and_takes_no_other_with_it()
    {
        const string poison = "SIM0001";
        ChaosSettings.Chance("deadly symbol");
        await using var world = await CreateWorldAsync();
        (string, string)[] settings = [("Enrichment:MaxLosses", "6")];
        var nodes = new List<ServiceProcess> { await world.StartNodeAsync(settings), await world.StartNodeAsync(settings) };
        var run = await world.TriggerAsync();

        var kills = 0;
        while (await world.HolderAsync(poison) is { } holder)
        {
            var felled = nodes.Single(node => node.Id == holder);
            await felled.KillAsync();
            nodes[nodes.IndexOf(felled)] = await world.StartNodeAsync(settings);
            kills++;
        }

        await world.EndedAsync(run);
        Row.Did($"1 symbol kills each node that takes it, {kills} times");
        await CountAsync(world);
        kills.ShouldBe(6);
        await ShouldHaveFailedAsync(world, poison, "lost", "stopped renewing its lease");
        await OthersShouldBeRightAsync(world, run, poison);
    }

    private static async Task ShouldHaveFailedAsync(ChaosWorld world, string symbol, string reason, string cause)
    {
        var said = await world.ScalarAsync<string>(
            """
            SELECT concat_ws(' ', j.status, j.error_reason, s.status, s.health, s.error_reason, s.error_message)
            FROM enrichment_jobs j JOIN symbol_status s USING (symbol) WHERE symbol = @symbol
            """,
            new { symbol });
        said.ShouldNotBeNull().ShouldStartWith($"failed {reason} error error {reason} ");
        said.ShouldContain(cause);
    }

    private async Task OthersShouldBeRightAsync(ChaosWorld world, Guid run, params string[] poison)
    {
        (await world.ScalarAsync<string>(
            "SELECT concat_ws(' ', status, symbols_successful, symbols_failed) FROM enrichment_history WHERE job_id = @run", new { run }))
            .ShouldBe($"partial {ChaosSettings.Symbols - poison.Length} {poison.Length}");
        (await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE lease_owner IS NOT NULL OR completed_at IS NULL")).ShouldBe(0);
        (await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE ended_at IS NULL")).ShouldBe(0);
        await world.LogsShouldBeTrueAsync();
        var others = (await StoredData.ReadAsync(world.Database, Cancellation)).Without([.. poison, "backfill"]);
        others.ShouldEqual(FaultFree.Data.Without([.. poison, "backfill"]));
        Row.RowsCompared = others.Rows;
    }
}
