using MarketData.Web.Api;
using MarketData.Web.Presentation;
using MudBlazor;

namespace MarketData.Web.Operators;

/// <summary>
/// What an operator can do, each asked for confirmation where it can't be taken back, carried out, and its outcome shown.
/// </summary>
public sealed class OperatorActions(MarketDataClient client, IDialogService dialogs, ISnackbar notices)
{
    // What the API takes in one call.
    private const int MostPerRun = 500;

    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Stops new work in the whole cluster.</summary>
    public Task<bool> PauseAsync() => ConfirmAsync(
        "Pause enrichment?", "No node starts a new symbol until somebody resumes. What is running finishes.", "Pause",
        async token =>
        {
            await client.PauseAsync(token);
            return "Enrichment is paused.";
        });

    /// <summary>Lets the cluster go on.</summary>
    public Task<bool> ResumeAsync() => DoAsync(async token =>
    {
        await client.ResumeAsync(token);
        return "Enrichment is running again and starts what is due.";
    });

    /// <summary>Enriches everything active, or the symbols given.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<string>? chosen = null)
    {
        var done = true;
        foreach (var part in chosen?.Chunk(MostPerRun) ?? [])
            done &= await DoAsync(async token => Describe(await client.TriggerAsync(body: new TriggerRequest(Symbols: part), cancellationToken: token)));
        return chosen is null
            ? await DoAsync(async token => Describe(await client.TriggerAsync(body: new TriggerRequest(), cancellationToken: token)))
            : done;
    }

    /// <summary>Tries every symbol again whose last job failed.</summary>
    public Task<bool> RetryFailedAsync() => ConfirmAsync(
        "Retry failed symbols?", "Every symbol whose last job failed is queued again.", "Retry",
        async token => Describe(await client.RetryFailedAsync(cancellationToken: token)));

    /// <summary>Tries failed symbols of a run again, with their intervals and ranges.</summary>
    /// <param name="run">The run.</param>
    /// <param name="symbols">Only these of them; null for all.</param>
    /// <returns>The new run; null when nothing came of it.</returns>
    public Task<Guid?> RepeatFailedAsync(Guid run, IReadOnlyList<string>? symbols = null) =>
        BeginAsync(token => client.RetryFailedAsync(run, symbols, token));

    /// <summary>Asks again for what a run was asked for.</summary>
    /// <returns>The new run; null when nothing came of it.</returns>
    public Task<Guid?> RepeatAsync(RunDetail run, RunAsked? asked) => BeginAsync(token => client.TriggerAsync(
        body: new TriggerRequest(
            Symbols: asked is { AllSymbols: true } ? null : [.. run.Symbols.Select(job => job.Symbol).Concat(asked?.Joined ?? []).Distinct()],
            AssetClass: asked?.AssetClass,
            Timeframes: asked?.Timeframes is { Count: > 0 } intervals ? intervals : null,
            From: asked?.From, To: asked?.To),
        cancellationToken: token));

    /// <summary>Cancels one symbol of a run.</summary>
    public Task<bool> CancelJobAsync(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return ConfirmAsync(
            $"Cancel {job.Symbol}?", job.Status == "running"
                ? "It is stopped within seconds. What is stored stays, and the other symbols of the run go on."
                : "It is not worked on in this run any more. What is stored stays, and the other symbols of the run go on.",
            $"Cancel {job.Symbol}",
            async token => (await client.CancelJobAsync(job.Id, token)).Status switch
            {
                "cancelled" => $"{job.Symbol} is cancelled.",
                "running" => $"{job.Symbol} is being stopped.",
                var ended => $"{job.Symbol} had ended before: {ended}.",
            });
    }

    /// <summary>Cancels what is still queued of a run.</summary>
    public Task<bool> CancelAsync(Guid run) => ConfirmAsync(
        "Cancel this run?", "Symbols that wait are cancelled; those being worked on finish, and are not tried again. What is stored stays.", "Cancel the run",
        async token =>
        {
            var outcome = await client.CancelRunAsync(run, token);
            return $"{Format.Count(outcome.SymbolsCancelled, "symbol")} cancelled" + (
                outcome.StillRunning > 0 ? $"; {outcome.StillRunning} still {(outcome.StillRunning == 1 ? "finishes its" : "finish their")} step." : ".");
        });

    /// <summary>Goes on with what of a backfill failed or was cancelled.</summary>
    public Task<bool> ResumeBackfillAsync(Guid backfill) => DoAsync(async token =>
    {
        var resumed = await client.ResumeBackfillAsync(backfill, token);
        return $"The backfill goes on: {Format.Count(resumed.SymbolsQueued.Count, "symbol")} queued.";
    });

    /// <summary>Cancels what of a backfill is not stored yet.</summary>
    public Task<bool> CancelBackfillAsync(Guid backfill) => ConfirmAsync(
        "Cancel this backfill?", "What is stored stays. A symbol that is running stops within seconds; the backfill can be resumed from there.",
        "Cancel the backfill",
        async token =>
        {
            var outcome = await client.CancelBackfillAsync(backfill, token);
            return $"{Format.Count(outcome.SymbolsCancelled, "symbol")} cancelled" + (
                outcome.StillRunning > 0 ? $", {Format.Count(outcome.StillRunning)} still at {(outcome.StillRunning == 1 ? "its" : "their")} last step." : ".");
        });

    /// <summary>Stops following a symbol.</summary>
    public Task<bool> DeactivateAsync(string symbol) => ConfirmAsync(
        $"Deactivate {symbol}?", "It is no longer enriched. Its candles stay, and it can be activated again.", "Deactivate",
        async token =>
        {
            await client.RemoveSymbolAsync(symbol, cancellationToken: token);
            return $"{symbol} is deactivated.";
        });

    /// <summary>Follows a symbol again.</summary>
    public Task<bool> ActivateAsync(string symbol) => DoAsync(async token =>
    {
        await client.ChangeSymbolAsync(symbol, new SymbolChange(Active: true), token);
        return $"{symbol} is active again.";
    });

    /// <summary>Has prices adjusted by a split or dividend that was told of, whatever the price and others say.</summary>
    public Task<bool> ConfirmCorporateActionAsync(string symbol, CorporateActionReport report) => DoAsync(async token =>
    {
        await client.ConfirmCorporateActionAsync(symbol, report.Id, new CorporateActionConfirmation(report.DecidedExDate), token);
        return $"Prices of {symbol} are adjusted by it from now on.";
    });

    /// <summary>Has prices adjusted no more by a split or dividend that was told of.</summary>
    public Task<bool> WithdrawCorporateActionAsync(string symbol, CorporateActionReport report) => DoAsync(async token =>
    {
        await client.WithdrawCorporateActionAsync(symbol, report.Id, token);
        return $"Prices of {symbol} are not adjusted by it.";
    });

    /// <summary>Says that prices at an odd level are right.</summary>
    public Task<bool> AcknowledgePriceLevelAsync(string symbol, string kind) => ConfirmAsync(
        "Are the prices right?", "They are no longer listed as needing attention. Their scores stay.", "They are right",
        async token =>
        {
            await client.AcknowledgePriceLevelAsync(symbol, new PriceLevelAcknowledgement(kind), token);
            return $"Prices of {symbol} are marked as right.";
        });

    /// <summary>Removes what a person said that a provider calls a symbol.</summary>
    public Task<bool> RemoveAliasAsync(string symbol, RecordedAlias alias) => DoAsync(async token =>
    {
        await client.RemoveAliasAsync(symbol, alias.Id, token);
        return $"{Names.Provider(alias.Provider)} is no longer asked for {alias.ProviderSymbol}.";
    });

    /// <summary>Takes symbols off a watchlist.</summary>
    public Task<bool> TakeFromWatchlistAsync(string name, IReadOnlyList<string> symbols) => DoAsync(async token =>
        await client.TakeFromWatchlistAsync(name, symbols, token) is { } left
            ? $"The watchlist {name} has {Format.Count(left.Symbols.Count, "symbol")} now."
            : $"The watchlist {name} was left empty and is deleted.");

    /// <summary>Deletes a watchlist.</summary>
    public Task<bool> DeleteWatchlistAsync(string name) => ConfirmAsync(
        $"Delete the watchlist {name}?", "Its symbols stay as they are.", "Delete the list",
        async token =>
        {
            await client.DeleteWatchlistAsync(name, token);
            return $"The watchlist {name} is deleted.";
        });

    /// <summary>What a trigger brought about, as a sentence.</summary>
    public static string Describe(TriggerAccepted outcome) => (outcome.SymbolsQueued.Count, outcome.AlreadyRunning.Count) switch
    {
        (0, 0) => "There was nothing to queue.",
        (0, var joined) => $"{Format.Count(joined, "symbol")} {(joined == 1 ? "is" : "are")} queued or running already; nothing new was queued.",
        (var queued, 0) => $"{Format.Count(queued, "symbol")} queued.",
        var (queued, joined) => $"{Format.Count(queued, "symbol")} queued; {Format.Count(joined)} {(joined == 1 ? "was" : "were")} queued or running already.",
    };

    private async Task<Guid?> BeginAsync(Func<CancellationToken, Task<TriggerAccepted>> begin)
    {
        TriggerAccepted? accepted = null;
        await DoAsync(async token => Describe(accepted = await begin(token)));
        return accepted?.JobId;
    }

    /// <summary>Carries out an action and shows what came of it.</summary>
    /// <returns>Whether it went through.</returns>
    public async Task<bool> DoAsync(Func<CancellationToken, Task<string>> action)
    {
        using var timeout = new CancellationTokenSource(ActionTimeout);
        try
        {
            notices.Add(await action(timeout.Token), Severity.Success);
            return true;
        }
        catch (ApiException failure)
        {
            notices.Add(failure.Sentence, Severity.Error, options => options.RequireInteraction = true);
            return false;
        }
        catch (OperationCanceledException)
        {
            notices.Add(
                "The API took too long to answer; look at the queue before trying again.", Severity.Error,
                options => options.RequireInteraction = true);
            return false;
        }
    }

    /// <summary>Asks first, then carries out an action and shows what came of it.</summary>
    /// <returns>Whether it was confirmed and went through.</returns>
    public async Task<bool> ConfirmAsync(string question, string consequence, string yes, Func<CancellationToken, Task<string>> action) =>
        await dialogs.ShowMessageBoxAsync(question, consequence, yes, cancelText: "No") == true && await DoAsync(action);
}
