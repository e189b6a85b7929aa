namespace MarketData.Enrichment.Resilience;

/// <summary>Why a provider gave no usable answer; decides whether the next provider, a retry or neither follows.</summary>
public enum ProviderErrorKind
{
    /// <summary>Connection failure, time-out, 5xx: may pass by itself.</summary>
    Transient,

    /// <summary>An answer that does not read as the provider's format: truncated, HTML. May pass by itself.</summary>
    BadAnswer,

    /// <summary>
    /// A whole document without anything in it that reads: that is the fault of the one symbol that was asked for, until many symbols'
    /// answers are like that. May pass by itself.
    /// </summary>
    UnreadableSymbol,

    /// <summary>
    /// Too many requests, by the provider's word or our own full queue; <see cref="ProviderException.RetryAt"/> says until when.
    /// </summary>
    RateLimited,

    /// <summary>Not asked: the circuit is open or isolated.</summary>
    CircuitOpen,

    /// <summary>The provider does not know the symbol. Permanent only when every provider says so.</summary>
    UnknownSymbol,

    /// <summary>The key is missing or wrong. Permanent.</summary>
    BadKey,

    /// <summary>
    /// The key is right, and its plan lacks the range or the interval. Permanent; the next provider may have it.
    /// </summary>
    PlanLimit,

    /// <summary>
    /// The provider serves nobody where we ask from. Permanent, and remembered: it is asked again after a day, or when the service starts.
    /// </summary>
    RestrictedLocation,

    /// <summary>
    /// The provider turns this client away, whatever it asks for: its address, <c>User-Agent</c> or manner is not welcome. May pass by itself, and
    /// lasts the longer the more it is asked.
    /// </summary>
    ClientRefused,

    /// <summary>The provider wants a person's consent in a browser before it serves this client; otherwise as <see cref="ClientRefused"/>.</summary>
    ConsentWanted,

    /// <summary>
    /// Something on the way answered in the provider's place: a proxy that wants to be logged in to, a captive portal. May pass by itself.
    /// </summary>
    Intercepted,

    /// <summary>The request itself is refused. Permanent.</summary>
    Refused,

    /// <summary>The answer speaks of another instrument than is on record. Permanent, and the symbol's fault rather than the provider's.</summary>
    IdentityMismatch,
}
