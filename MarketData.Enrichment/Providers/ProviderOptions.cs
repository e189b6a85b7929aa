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
    public Uri? BaseUrl { get; set; }

    /// <summary>
    /// Where Binance's futures endpoints answer; null means <see cref="BaseUrl"/>, or the public address when that is null too.
    /// </summary>
    public Uri? FuturesBaseUrl { get; set; }

    /// <summary>Polygon's key; without one Polygon is disabled.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The <c>User-Agent</c> of requests; null means <c>MarketData</c>, and for Yahoo that of a browser, since it turns others away.
    /// </summary>
    public string? UserAgent { get; set; }

    /// <summary>Binance: the request weight that the provider allows in a minute, 1 or more; we stop at nine tenths of it.</summary>
    [Range(1, 1_000_000)]
    public int WeightPerMinute { get; set; } = 6000;

    /// <summary>Limits, retries, circuit breaker and time-outs.</summary>
    [ValidateObjectMembers]
    public ProviderResilienceOptions Resilience { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl is not (null or { Scheme: "http" or "https" }))
            yield return new($"must be an absolute http or https address, and is '{BaseUrl}'.", [nameof(BaseUrl)]);
        if (UserAgent is { } agent && !new HttpRequestMessage().Headers.UserAgent.TryParseAdd(agent))
            yield return new($"must be products with versions, such as 'MarketData/1.0', and is '{agent}'.", [nameof(UserAgent)]);
        if (FuturesBaseUrl is not (null or { Scheme: "http" or "https" }))
            yield return new($"must be an absolute http or https address, and is '{FuturesBaseUrl}'.", [nameof(FuturesBaseUrl)]);
    }
}
