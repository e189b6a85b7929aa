namespace MarketData.Enrichment.Resilience;

/// <summary>Why a provider gave no usable answer; decides whether the next provider, a retry or neither follows.</summary>
public enum ProviderErrorKind
{
    /// <summary>Connection failure, time-out, 5xx: may pass by itself.</summary>
    Transient,

    /// <summary>An answer that does not read as the provider's format: truncated, HTML, wrong types. May pass by itself.</summary>
    BadAnswer,

    /// <summary>
    /// Too many requests, by the provider's word or our own full queue; <see cref="ProviderException.RetryAt"/> says until when.
    /// </summary>
    RateLimited,

    /// <summary>Not asked: the circuit is open or isolated.</summary>
    CircuitOpen,

    /// <summary>The provider does not know the symbol. Permanent only when every provider says so.</summary>
    UnknownSymbol,

    /// <summary>The key is missing, wrong or not entitled. Permanent.</summary>
    BadKey,

    /// <summary>The request itself is refused. Permanent.</summary>
    Refused,

    /// <summary>The answer speaks of another instrument than is on record. Permanent, and the symbol's fault rather than the provider's.</summary>
    IdentityMismatch,
}
