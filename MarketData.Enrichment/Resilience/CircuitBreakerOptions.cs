namespace MarketData.Enrichment.Resilience;

/// <summary>When to stop asking a failing provider, <c>Providers:&lt;name&gt;:Resilience:CircuitBreaker</c>.</summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Share of failed calls that opens the circuit, above 0 to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls within <see cref="SamplingDuration"/> below which the ratio decides nothing, 2 to 100,000.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Failures in a row that open the circuit by themselves, 1 to 100,000.</summary>
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>How far back calls count towards the ratio, 500 ms to 1 hour.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one call probes, 10 ms to 1 day.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(60);
}
