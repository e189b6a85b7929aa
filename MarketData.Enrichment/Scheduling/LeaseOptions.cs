using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// How a node keeps its jobs, and how soon a dead node's jobs are taken over: at most <see cref="Duration"/> plus
/// <see cref="SweepInterval"/> after its last sign of life. Section <c>Enrichment:Lease</c>.
/// </summary>
public sealed class LeaseOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:Lease";

    /// <summary>How long a claim holds without a renewal, by the database's clock, 1 s to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often claims are renewed and the node's heartbeat is written; at most a third of <see cref="Duration"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:40")]
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How often lost jobs are looked for, 100 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RenewInterval > Duration / 3)
            yield return new(
                $"must lie between 00:00:00.100 and a third of Duration, {Duration / 3}, and is {RenewInterval}.", [nameof(RenewInterval)]);
    }
}
