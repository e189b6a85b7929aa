using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// How long all nodes leave a provider alone that turns the client away without a <c>Retry-After</c>,
/// <c>Providers:&lt;name&gt;:Resilience:RefusalBackoff</c>. An answer ends it.
/// </summary>
public sealed class RefusalBackoffOptions : IValidatableObject
{
    private const string Longest = "7.00:00:00";

    /// <summary>After the first refusal, doubled for each further one, zero to 7 days; zero turns it off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan From { get; set; }

    /// <summary>At most, <see cref="From"/> to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan To { get; set; } = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To < From)
            yield return new($"must lie between From, {From}, and {Longest}, and is {To}.", [nameof(To)]);
    }
}
