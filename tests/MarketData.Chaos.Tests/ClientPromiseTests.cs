using System.Globalization;
using CsCheck;
using MarketData.Chaos.Tests.ClientPromise;

namespace MarketData.Chaos.Tests;

/// <summary>
/// A client that triggers, pauses, cancels, resumes, backfills and edits at random, while nodes die and answers get lost, is always told what a
/// model of the system says, and all that it was promised comes true.
/// </summary>
public sealed class ClientPromiseTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task Whatever_a_client_does_is_answered_as_promised_and_comes_true()
    {
        var chance = ChaosSettings.Chance("client promise");
        var (conversations, commands) = (Math.Max(1, ChaosSettings.Kills / 2), Command.Any.Array[ChaosSettings.Commands]);
        for (var i = 0; i < conversations; i++)
        {
            var seed = new PCG((uint)i, (ulong)chance.NextInt64()).ToString();
            try
            {
                await commands.SampleAsync(HoldAsync, seed: seed, iter: 1, threads: 1, print: Print);
            }
            catch (CsCheckException) when (ChaosSettings.Shrinks > 0)
            {
                await commands.SampleAsync(HoldAsync, seed: seed, iter: ChaosSettings.Shrinks, threads: 1, print: Print);
                throw;
            }
        }

        Row.Did($"{conversations} conversations of {ChaosSettings.Commands} commands");
    }

    private async Task HoldAsync(Command[] commands)
    {
        await using var world = await ClientWorld.StartAsync(await CreateWorldAsync());
        var conversation = new Conversation(world);
        try
        {
            conversation.Begin();
            var reference = await conversation.MakeWholeAsync();
            await conversation.BeginAnewAsync();
            await world.Chaos.FaultAsync(new { kind = "latency", rate = 1.0, delay_seconds = 0.1 });
            foreach (var command in commands)
                await conversation.DoAsync(command);
            await conversation.EndAsync();
            (await conversation.MakeWholeAsync()).ShouldEqual(reference);
            Row.RowsCompared = (Row.RowsCompared ?? 0) + reference.Rows;
            await CountAsync(world.Chaos);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{e.Message}\nThe conversation was:\n{conversation.Transcript}", e);
        }
    }

    private static string Print(Command[] commands) =>
        string.Join('\n', commands.Select((command, i) => string.Create(CultureInfo.InvariantCulture, $"{i,3} {command}")));
}
