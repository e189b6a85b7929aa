namespace MarketData.Enrichment.Resilience;

/// <summary>A provider gave no usable answer.</summary>
/// <param name="provider">Who was asked.</param>
/// <param name="kind">Why, as a class that decides what is tried next.</param>
/// <param name="message">What happened, in one sentence, without secrets.</param>
/// <param name="advice">What a person on call can do about it, in one sentence.</param>
/// <param name="innerException">The cause, when there is one.</param>
public sealed class ProviderException(
    string provider, ProviderErrorKind kind, string message, string advice, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Who was asked.</summary>
    public string Provider { get; } = provider;

    /// <summary>Why, as a class that decides what is tried next.</summary>
    public ProviderErrorKind Kind { get; } = kind;

    /// <summary>What a person on call can do about it.</summary>
    public string Advice { get; } = advice;

    /// <summary>The symbol that was asked for; null when the request was for none.</summary>
    public string? Symbol { get; init; }

    /// <summary>
    /// From when on the provider's plan serves the interval, UTC, at a <see cref="ProviderErrorKind.PlanLimit"/>; null when that is not
    /// known.
    /// </summary>
    public DateTime? ServedFrom { get; init; }

    /// <summary>How long the provider asked to be left alone, from when it answered.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When it makes sense to ask again, UTC; null when nothing is known.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether a page of HTML came instead of data, which is often not the provider's but that of someone on the way.</summary>
    public bool IsPage { get; init; }

    /// <summary>Whether it was not asked since a person has shut it off.</summary>
    public bool IsShutOff { get; init; }

    /// <summary>The HTTP status, when there was an answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Whether asking again later may succeed.</summary>
    public bool IsTransient => Kind is ProviderErrorKind.Transient or ProviderErrorKind.BadAnswer or ProviderErrorKind.UnreadableSymbol
        or ProviderErrorKind.RateLimited or ProviderErrorKind.CircuitOpen or ProviderErrorKind.Intercepted || IsRefusal;

    /// <summary>Whether the provider turns this client away, whatever it asks for: it works, and does not want to be asked again soon.</summary>
    public bool IsRefusal => Kind is ProviderErrorKind.ClientRefused or ProviderErrorKind.ConsentWanted;
}
