using MarketData.Enrichment.Resilience;
using MarketData.Storage;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>Looks at what works here: asks each provider, disabled ones included, with one cheap request.</summary>
public sealed class ProviderChecks(
    IEnumerable<ProviderRegistration> registrations, IOptionsMonitor<ProviderOptions> options, TimeProvider time, IServiceProvider services)
{
    /// <summary>How far a clock may be off unmentioned: providers tell whole seconds, and answers take their time.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    // More than a probe's own limit, for a provider that takes several requests to be asked.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    // How advice for a job's failure begins, in which nobody who looks takes part.
    private const string ForJobs = "Wait: the symbol is tried again by itself. If it lasts, ";

    /// <summary>Asks all of them at once.</summary>
    /// <param name="cancellation">Ends the wait, which takes some seconds at most.</param>
    public async Task<IReadOnlyList<CheckedProvider>> AskAsync(CancellationToken cancellation) =>
        await Task.WhenAll(registrations.Select(registration => AskAsync(registration, cancellation)));

    /// <summary>Asks one of them.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="cancellation">Ends the wait, which takes some seconds at most.</param>
    public async Task<CheckedProvider> AskAsync(string provider, CancellationToken cancellation) =>
        registrations.FirstOrDefault(registration => registration.Name == provider) is { } known
            ? await AskAsync(known, cancellation)
            // A node of another version may know it.
            : new CheckedProvider(
                provider, ProviderVerdict.Failed, IsEnabled: false, "is unknown to the node that was to ask it.", "Run the same version on every node.");

    private async Task<CheckedProvider> AskAsync(ProviderRegistration registration, CancellationToken cancellation)
    {
        var (name, settings) = (registration.Name, options.Get(registration.Name));
        var missing = registration.Missing(settings).Select(setting => $"{registration.Section}:{setting}").ToList();
        if (missing.Count > 0)
        {
            return new CheckedProvider(
                name, ProviderVerdict.NeedsKey, IsEnabled: false, "was not asked, since it wants a key.",
                $"Nothing, where others serve your symbols; else get a key at {registration.KeyPage} and set {string.Join(" and ", missing)}.");
        }

        var (provider, gate) = (services.GetRequiredKeyedService<IMarketDataProvider>(name), services.GetRequiredKeyedService<ProviderGate>(name));
        gate.ClockOffset = null;
        var (candles, futures) = (FailureAsync(name, provider.ProbeAsync, cancellation), FailureAsync(name, provider.ProbeFuturesAsync, cancellation));
        var found = (await candles, await futures) switch
        {
            ({ } failure, _) => Failed(name, failure),
            (null, { } failure) => new CheckedProvider(
                name, ProviderVerdict.WorksWithoutFutures, true, $"gives candles, but no figures of its futures market, which {failure.Message}",
                $"Nothing, where funding rate, open interest and long/short ratio may stay empty; else: {AdviceOf(failure)}"),
            _ => new CheckedProvider(name, ProviderVerdict.Works, true, $"gives candles. {provider.Plan}".TrimEnd(), null),
        };
        if (found.Works && !settings.Enabled)
            found = found with { Message = "is disabled, and would give candles.", Advice = $"Set {registration.Section}:Enabled to true to have it asked." };
        return WithClock(found, gate.ClockOffset) with { IsEnabled = settings.Enabled };
    }

    private async Task<ProviderException?> FailureAsync(string provider, Func<CancellationToken, Task> probe, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await probe(either.Token);
            return null;
        }
        catch (ProviderException e)
        {
            return e;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            return new ProviderException(
                provider, ProviderErrorKind.Transient, $"did not answer within {Limit.TotalSeconds:0} s.", "Look at the provider's status page.", e);
        }
    }

    private static CheckedProvider Failed(string name, ProviderException failure)
    {
        var until = failure.RetryAt is { } retry ? $" It may be asked again at {retry.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC." : "";
        return new CheckedProvider(name, Verdict(failure), true, failure.Message + until, AdviceOf(failure)) { RetryAt = failure.RetryAt?.UtcDateTime };
    }

    private static ProviderVerdict Verdict(ProviderException failure) => failure.Kind switch
    {
        ProviderErrorKind.BadKey => ProviderVerdict.KeyRefused,
        ProviderErrorKind.PlanLimit => ProviderVerdict.PlanLimit,
        ProviderErrorKind.RestrictedLocation => ProviderVerdict.RestrictedLocation,
        ProviderErrorKind.ClientRefused => ProviderVerdict.RefusesClient,
        ProviderErrorKind.ConsentWanted => ProviderVerdict.ConsentWanted,
        ProviderErrorKind.Intercepted => ProviderVerdict.ProxyAnswered,
        ProviderErrorKind.BadAnswer when failure.IsPage => ProviderVerdict.ProxyAnswered,
        ProviderErrorKind.RateLimited => ProviderVerdict.LeaveAlone,
        ProviderErrorKind.Transient => failure.InnerException switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => ProviderVerdict.DnsFailure,
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => ProviderVerdict.TlsFailure,
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => ProviderVerdict.ProxyAnswered,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => ProviderVerdict.ConnectionFailure,
            OperationCanceledException => ProviderVerdict.NoAnswer,
            _ => ProviderVerdict.Failed,
        },
        _ => ProviderVerdict.Failed,
    };

    private static string AdviceOf(ProviderException failure) => failure.Advice.StartsWith(ForJobs, StringComparison.Ordinal)
        ? char.ToUpperInvariant(failure.Advice[ForJobs.Length]) + failure.Advice[(ForJobs.Length + 1)..]
        : failure.Advice;

    // Said of everyone who tells the time, whatever else is wrong: it may be the cause.
    private CheckedProvider WithClock(CheckedProvider found, TimeSpan? offset)
    {
        if (offset is not { } ahead)
            return found;
        found = found with { ClockOffsetSeconds = Math.Round(ahead.TotalSeconds, 1) };
        if (ahead.Duration() <= ClockTolerance)
            return found;
        var (off, direction) = (ahead.Duration(), ahead > TimeSpan.Zero ? "behind" : "ahead of");
        var much = off < TimeSpan.FromMinutes(2) ? $"{off.TotalSeconds:0} s" : $"{off.TotalMinutes:0} min";
        return found with
        {
            Verdict = found.Works ? ProviderVerdict.ClockOff : found.Verdict,
            Message = $"{found.Message} {(time is DatabaseClock ? "The database's clock" : "This machine's clock")} is {much} {direction} its.",
            Advice = found.Works ? "Set that clock, by NTP for example: which bars are closed is judged by it." : found.Advice,
        };
    }
}
