using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>What the settings of a provider may be.</summary>
internal sealed class ProviderSettings : IValidateOptions<ProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        var (resilience, circuit) = (options.Resilience, options.Resilience.CircuitBreaker);
        return new SettingRules($"Providers:{Capitalised(name)}")
            .Require(
                options.BaseUrl is null or { Scheme: "http" or "https" },
                $"Providers:{Capitalised(name)}:BaseUrl must be an absolute http or https address, and is '{options.BaseUrl}'.")
            .Within("WeightPerMinute", options.WeightPerMinute, 1, 1_000_000)
            .Within("Resilience:RequestsPerMinute", resilience.RequestsPerMinute, 1, 1_000_000)
            .Within("Resilience:Burst", resilience.Burst, 1, 1_000_000)
            .Within("Resilience:RateLimitQueue", resilience.RateLimitQueue, 1, 100_000)
            .Within("Resilience:MaxConcurrency", resilience.MaxConcurrency, 1, 1000)
            .Within("Resilience:ConcurrencyQueue", resilience.ConcurrencyQueue, 0, 100_000)
            .Within("Resilience:MaxRetries", resilience.MaxRetries, 0, 10)
            .Within("Resilience:RetryBaseDelay", resilience.RetryBaseDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1))
            .Within("Resilience:AttemptTimeout", resilience.AttemptTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10))
            .Within("Resilience:TotalTimeout", resilience.TotalTimeout, resilience.AttemptTimeout, TimeSpan.FromHours(1))
            .Within("Resilience:CircuitBreaker:FailureRatio", circuit.FailureRatio, 0.0001, 1)
            .Within("Resilience:CircuitBreaker:MinimumThroughput", circuit.MinimumThroughput, 2, 100_000)
            .Within("Resilience:CircuitBreaker:ConsecutiveFailures", circuit.ConsecutiveFailures, 1, 100_000)
            .Within("Resilience:CircuitBreaker:SamplingDuration", circuit.SamplingDuration, TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1))
            .Within("Resilience:CircuitBreaker:BreakDuration", circuit.BreakDuration, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1))
            .Result();
    }

    private static string Capitalised(string? name) => string.IsNullOrEmpty(name) ? "" : char.ToUpperInvariant(name[0]) + name[1..];
}
