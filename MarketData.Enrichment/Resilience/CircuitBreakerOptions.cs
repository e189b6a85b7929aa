using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Resilience;

/// <summary>When to stop asking a failing provider, <c>Providers:&lt;name&gt;:Resilience:CircuitBreaker</c>.</summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Share of failed calls that opens the circuit, above 0 to 1.</summary>
    [Range(0.0001, 1.0)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls within <see cref="SamplingDuration"/> below which the ratio decides nothing, 2 to 100,000.</summary>
    [Range(2, 100_000)]
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Failures in a row that open the circuit by themselves, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>How far back calls count towards the ratio, 500 ms to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one call probes, 10 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(60);
}
