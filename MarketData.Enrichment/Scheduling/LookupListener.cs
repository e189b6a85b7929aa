using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Answers what the Api asks about symbols that are not tracked yet, about providers, and about what a backfill would take. It does so at once,
/// whatever jobs run and also while the scheduler is paused: a person waits for it.
/// </summary>
public sealed partial class LookupListener(
    LookupStore lookups, SymbolLookup providers, ProviderQuestionStore questions, ProviderInquiry inquiry, ProviderCheckStore checks,
    ProviderProbeStore probes, ProviderChecks checking, BackfillPlanStore plans, BackfillPlanner planner,
    NodeIdentity node, NodeLoop loop, ILogger<LookupListener> log)
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    /// <summary>Listens and answers until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => loop.RunAsync("listener for lookups", ReconnectDelay, AnswerAsync, stopping);

    private Task AnswerAsync(CancellationToken cancellation) => Parallel.ForEachAsync(
        WaitingAsync(cancellation),
        new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellation },
        AnswerAsync);

    // What one question comes to keeps no other from its answer. Whoever asked it is told that none came.
    private async ValueTask AnswerAsync(Func<CancellationToken, Task> answer, CancellationToken cancellation)
    {
        try
        {
            await answer(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    private async Task AnswerAsync(PendingLookup lookup, CancellationToken cancellation)
    {
        var answers = await providers.AskAsync(new Instrument(Symbol.Parse(lookup.Symbol), AssetClassNames.Parse(lookup.AssetClass)), cancellation);
        await lookups.AnswerAsync(lookup.Id, answers, cancellation);
    }

    private async Task ProbeAsync(Guid probe, string provider, CancellationToken cancellation) =>
        await probes.AnswerAsync(probe, await checking.AskAsync(provider, cancellation), cancellation);

    private async Task AnswerAsync(ProviderQuestion question, CancellationToken cancellation) =>
        await questions.AnswerAsync(question.Id, await inquiry.AskAsync(question, cancellation), cancellation);

    private async Task CheckAsync(CancellationToken cancellation) =>
        await checks.SaveAsync(node.Id, await checking.AskAsync(cancellation), cancellation);

    private async Task AnswerAsync(PendingPlan question, CancellationToken cancellation) =>
        await plans.AnswerAsync(question.Id, await planner.PlanAsync(question.Request, cancellation), cancellation);

    private async Task KeepAsync(BegunBackfill begun, CancellationToken cancellation) =>
        await plans.KeepAsync(begun.Id, await planner.PlanAsync(begun, cancellation), cancellation);

    // What answers each question that is asked.
    private async IAsyncEnumerable<Func<CancellationToken, Task>> WaitingAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var session = await lookups.ListenAsync(cancellation);
        var connection = session.Connection;
        while (true)
        {
            while (await lookups.ClaimAsync(node.Id, cancellation) is { } lookup)
                yield return stop => AnswerAsync(lookup, stop);
            while (await probes.ClaimAsync(node.Id, cancellation) is var (probe, provider))
                yield return stop => ProbeAsync(probe, provider, stop);
            while (await questions.ClaimAsync(node.Id, cancellation) is { } question)
                yield return stop => AnswerAsync(question, stop);
            while (await plans.ClaimAsync(node.Id, cancellation) is { } question)
                yield return stop => AnswerAsync(question, stop);
            while (await plans.ClaimBegunAsync(cancellation) is { } begun)
                yield return stop => KeepAsync(begun, stop);
            if (await checks.ClaimAsync(node.Id, cancellation))
                yield return CheckAsync;
            // As in WorkListener: a connection that was dropped without a reset stays silent for ever.
            if (!await connection.WaitAsync(ProbeInterval, cancellation))
                await JobStore.ProbeAsync(connection, ProbeInterval, cancellation);
        }
    }

    [LoggerMessage(LogLevel.Error, "A question of the API's could not be answered")]
    private partial void LogFailed(Exception exception);
}
