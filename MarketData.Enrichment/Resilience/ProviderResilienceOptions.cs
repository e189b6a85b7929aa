using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Resilience;

/// <summary>How one provider is asked, <c>Providers:&lt;name&gt;:Resilience</c>.</summary>
public sealed class ProviderResilienceOptions : IValidatableObject
{
    /// <summary>Requests a minute that the cluster may make with this provider's key, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Requests that may be made at once after a quiet time, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 150;

    /// <summary>Requests of this node waiting for a permit at most, 1 to 100,000; more are refused and retried later.</summary>
    [Range(1, 100_000)]
    public int RateLimitQueue { get; set; } = 500;

    /// <summary>Requests of this node under way at once, 1 to 1,000.</summary>
    [Range(1, 1000)]
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>Requests of this node waiting for their turn at most, 0 to 100,000; more are refused and retried later.</summary>
    [Range(0, 100_000)]
    public int ConcurrencyQueue { get; set; } = 100;

    /// <summary>Attempts after the first, 0 to 10.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Delay before the first retry, doubled for each further one and spread at random, 1 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for one attempt including its body, 10 ms to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for everything, waiting and retries included; longer than <see cref="AttemptTimeout"/>, at most 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long to leave it alone when it turns the client away.</summary>
    [ValidateObjectMembers]
    public RefusalBackoffOptions RefusalBackoff { get; set; } = new();

    /// <summary>When to stop asking.</summary>
    [ValidateObjectMembers]
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TotalTimeout < AttemptTimeout)
            yield return new(
                $"must lie between AttemptTimeout, {AttemptTimeout}, and 01:00:00, and is {TotalTimeout}.", [nameof(TotalTimeout)]);
    }
}
