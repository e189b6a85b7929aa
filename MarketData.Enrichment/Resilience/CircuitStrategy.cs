using Npgsql;
using Polly;
using Polly.RateLimiting;

namespace MarketData.Enrichment.Resilience;

/// <summary>Puts a <see cref="Circuit"/> into a Polly pipeline.</summary>
internal sealed class CircuitStrategy(string provider, Circuit circuit) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        if (!circuit.TryEnter(out var retryAt))
        {
            return Outcome.FromException<TResult>(new ProviderException(
                provider, ProviderErrorKind.CircuitOpen, "not asked, its circuit is open.",
                "Look at the provider's last errors on the resilience page; it is probed by itself when the break is over.")
            { RetryAt = retryAt });
        }

        var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        switch (outcome.Exception)
        {
            case null:
                circuit.Report(failed: false);
                break;
            // An answer that says no is an answer: the provider works.
            case ProviderException { IsTransient: false }:
                circuit.Report(failed: false);
                break;
            // Given up, or never asked because our own queues were full or the database was away: the provider is not to blame.
            case OperationCanceledException or RateLimiterRejectedException or NpgsqlException:
                circuit.Abandon();
                break;
            default:
                circuit.Report(failed: true);
                break;
        }

        return outcome;
    }
}
