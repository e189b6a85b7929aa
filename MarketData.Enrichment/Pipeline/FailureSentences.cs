using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using Npgsql;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Failures in a person's words: the first line of what is put on record, and the only one that is shown until somebody asks for more. It is the
/// same for each symbol that failed so.
/// </summary>
internal static class FailureSentences
{
    /// <summary>The sentence; null when what was thrown says it well enough.</summary>
    public static string? Of(Exception cause) => cause switch
    {
        ProviderChainException { Failures.Count: > 0 } e => string.Join("; ", e.Failures.Select(Clause).Distinct()) + ".",
        ProviderException e => Clause(e) + ".",
        NothingFoundException or StalledException or ProviderChainException => null,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or NpgsqlException { InnerException: TimeoutException } => null,
        NpgsqlException => "The database did not do as told.",
        _ => "Something went wrong that nobody foresaw.",
    };

    private static string Clause(ProviderException failure) => $"{Name(failure.Provider)} {Said(failure)}";

    private static string Said(ProviderException failure) => failure.Kind switch
    {
        ProviderErrorKind.Transient => failure.StatusCode is { } status ? $"answered {status}" : "could not be reached, or did not answer in time",
        ProviderErrorKind.BadAnswer or ProviderErrorKind.UnreadableSymbol => "answered what can't be read",
        ProviderErrorKind.RateLimited => "allows no more requests for now",
        ProviderErrorKind.CircuitOpen => "was not asked, since its circuit is open",
        ProviderErrorKind.UnknownSymbol => "does not know the symbol",
        ProviderErrorKind.BadKey => "refuses the key",
        ProviderErrorKind.PlanLimit => "does not serve this on the present plan",
        ProviderErrorKind.RestrictedLocation => "serves nobody from here",
        ProviderErrorKind.ClientRefused => "turns this client away",
        ProviderErrorKind.ConsentWanted => "wants a person's consent in a browser",
        ProviderErrorKind.Intercepted => "was not reached: a proxy or portal answered in its place",
        ProviderErrorKind.Refused => "refuses the request",
        ProviderErrorKind.IdentityMismatch => "answers for another instrument than is on record",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Kind, "Not a kind of provider error."),
    };

    private static string Name(string provider) => provider.Length == 0 ? provider : char.ToUpperInvariant(provider[0]) + provider[1..];
}
