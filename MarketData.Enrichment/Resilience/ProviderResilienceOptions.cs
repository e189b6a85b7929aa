namespace MarketData.Enrichment.Resilience;

/// <summary>How one provider is asked, <c>Providers:&lt;name&gt;:Resilience</c>.</summary>
public sealed class ProviderResilienceOptions
{
    /// <summary>Requests a minute that the cluster may make with this provider's key, 1 to 1,000,000.</summary>
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Requests that may be made at once after a quiet time, 1 to 1,000,000.</summary>
    public int Burst { get; set; } = 150;

    /// <summary>Requests of this node waiting for a permit at most, 1 to 100,000; more are refused and retried later.</summary>
    public int RateLimitQueue { get; set; } = 500;

    /// <summary>Requests of this node under way at once, 1 to 1,000.</summary>
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>Requests of this node waiting for their turn at most, 0 to 100,000; more are refused and retried later.</summary>
    public int ConcurrencyQueue { get; set; } = 100;

    /// <summary>Attempts after the first, 0 to 10.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>Delay before the first retry, doubled for each further one and spread at random, 1 ms to 1 minute.</summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for one attempt including its body, 10 ms to 10 minutes.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for everything, waiting and retries included; longer than <see cref="AttemptTimeout"/>, at most 1 hour.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>When to stop asking.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();
}
