using System.ComponentModel.DataAnnotations;
using MarketData.Enrichment.Resilience;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>Settings of one provider, <c>Providers:&lt;name&gt;</c>.</summary>
public sealed class ProviderOptions : IValidatableObject
{
    /// <summary>Whether the provider is asked at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Where it answers, with or without a path before the provider's own; any server that speaks the wire format will do.
    /// Null means the provider's public address.
    /// </summary>
    [HttpAddress]
    public Uri? BaseUrl { get; set; }

    /// <summary>The key, for a provider that wants one; without it the provider is disabled.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The secret that goes with the key, for a provider that wants both.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>The <c>User-Agent</c> of requests.</summary>
    public string UserAgent { get; set; } = nameof(MarketData);

    /// <summary>
    /// The most bytes that an answer may have, decompressed: one that never ends, or unpacks to more than there is memory, ends there.
    /// 1,000,000 to 1,000,000,000, default 100,000,000.
    /// </summary>
    [Range(1_000_000, 1_000_000_000)]
    public long MaxAnswerBytes { get; set; } = 100_000_000;

    /// <summary>Limits, retries, circuit breaker and time-outs.</summary>
    [ValidateObjectMembers]
    public ProviderResilienceOptions Resilience { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!new HttpRequestMessage().Headers.UserAgent.TryParseAdd(UserAgent))
            yield return new($"must be products with versions, such as 'MarketData/1.0', and is '{UserAgent}'.", [nameof(UserAgent)]);
        foreach (var (setting, secret) in new[] { (nameof(ApiKey), ApiKey), (nameof(ApiSecret), ApiSecret) })
        {
            if (!string.IsNullOrWhiteSpace(secret) && !secret.All(character => character is > ' ' and <= '~'))
                yield return new("must be letters, digits and signs without spaces or line ends, as the provider gave it.", [setting]);
        }
    }
}
