using MarketData.Testing;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>A database that reads and cannot be written to, in the middle of a run, in each way that there is.</summary>
public sealed class UnwritableDatabaseTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    private const string Libraries = "UPDATE pg_proc SET probin = '$libdir/{0}' WHERE proname IN ('plpgsql_call_handler', 'plpgsql_inline_handler')";

    // How soon it is told is measured by the scenario alerted-troubles.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_database_that_is_full_read_only_or_changed_under_a_run_is_called_that_and_loses_nothing()
    {
        Assert.SkipUnless(SmallDisk.IsPossible, SmallDisk.Impossible);
        var chance = ChaosSettings.Chance("unwritable database");
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var disk = await SmallDisk.MountAsync(96 + 4 * ChaosSettings.Symbols, Cancellation);
        var connectionString = await disk.CreateDatabaseAsync(postgres, Cancellation);
        await using var world = await ChaosWorld.CreateAsync(connectionString);
        await using var administration = NpgsqlDataSource.Create(connectionString);
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        Trouble[] all =
        [
            new("The disk of the database is full.", () => Run(disk.Fill), () => Run(disk.Free)),
            new("The database is read-only.", () => SetReadOnlyAsync(administration, "on"), () => SetReadOnlyAsync(administration, "off")),
            new("The database can't load a part of its own programs",
                () => ChangeLibrariesAsync(administration),
                () => ExecuteAsync(administration, Libraries.Replace("{0}", "plpgsql", StringComparison.Ordinal))),
        ];
        chance.Shuffle(all);
        var troubles = all[..Math.Clamp(ChaosSettings.Kills / 4, 1, all.Length)];
        for (var blow = 0; blow < troubles.Length; blow++)
        {
            await WorkedUntilAsync(world, chance, blow, troubles.Length);
            await SufferAsync(node, troubles[blow]);
        }

        await ShouldBeRightAsync(world, run);
        node.HasEnded.ShouldBeFalse();
    }

    private async Task SufferAsync(ServiceProcess node, Trouble trouble)
    {
        var wellBefore = WellAgain(node);
        await trouble.Begin();
        try
        {
            // By who tries writes: a job that was stopped by it may say the words sooner, and nobody would be told that it is over.
            var words = $"The database takes no writes. {trouble.Words}";
            await SaysAsync(node, () => node.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)), words);
        }
        finally
        {
            await trouble.End();
        }

        await SaysAsync(node, () => WellAgain(node) > wellBefore, $"that it takes writes again after \"{trouble.Words}\"");
        Row.Did($"said \"{trouble.Words}\"");
    }

    private static int WellAgain(ServiceProcess node) => node.Lines.Count(line => line.Contains("takes writes again", StringComparison.Ordinal));

    private static async Task SaysAsync(ServiceProcess node, Func<bool> said, string what)
    {
        try
        {
            await Eventually.BecomesAsync(said, WaitLimit, Cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The node did not say {what}. It last said:\n{node.LastWords}", e);
        }
    }

    // Sessions that have loaded the library go on with it: only new ones miss it.
    private static async Task ChangeLibrariesAsync(NpgsqlDataSource server)
    {
        await ExecuteAsync(server, Libraries.Replace("{0}", "gone", StringComparison.Ordinal));
        await ExecuteAsync(
            server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    // A session whose transactions are read-only may still set that they are not.
    private static async Task SetReadOnlyAsync(NpgsqlDataSource server, string state)
    {
        await ExecuteAsync(server, $"ALTER SYSTEM SET default_transaction_read_only = {state}");
        await ExecuteAsync(server, "SELECT pg_reload_conf()");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static Task Run(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    /// <summary>A way in which a database cannot be written to.</summary>
    private sealed record Trouble(string Words, Func<Task> Begin, Func<Task> End);
}
