using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Answers what the Api asks about symbols that are not tracked yet. It does so at once, whatever jobs run and also while the scheduler is
/// paused: a person waits for it.
/// </summary>
public sealed class LookupListener(NpgsqlDataSource database, LookupStore lookups, SymbolLookup providers, NodeIdentity node, NodeLoop loop)
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(15);

    /// <summary>Listens and answers until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => loop.RunAsync("listener for lookups", ReconnectDelay, AnswerAsync, stopping);

    private Task AnswerAsync(CancellationToken cancellation) => Parallel.ForEachAsync(
        WaitingAsync(cancellation),
        new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellation },
        async (lookup, stop) =>
        {
            var answers = await providers.AskAsync(new Instrument(Symbol.Parse(lookup.Symbol), AssetClassNames.Parse(lookup.AssetClass)), stop);
            await lookups.AnswerAsync(lookup.Id, answers, stop);
        });

    private async IAsyncEnumerable<PendingLookup> WaitingAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await LookupStore.ListenAsync(connection, cancellation);
        while (true)
        {
            while (await lookups.ClaimAsync(node.Id, cancellation) is { } lookup)
                yield return lookup;
            // As in WorkListener: a connection that was dropped without a reset stays silent for ever.
            if (!await connection.WaitAsync(ProbeInterval, cancellation))
                await JobStore.ProbeAsync(connection, ProbeInterval, cancellation);
        }
    }
}
