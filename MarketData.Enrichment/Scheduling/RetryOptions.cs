using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Scheduling;

/// <summary>How long a failed symbol waits before it is tried again. Section <c>Enrichment:Retry</c>.</summary>
public sealed class RetryOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:Retry";

    private const double Growth = 4;
    private const double Jitter = 0.25;

    /// <summary>The wait after the first failure, 10 ms to 1 hour; each further one is four times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait, <see cref="BaseDelay"/> to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long a symbol waits at most when its provider asks for more than <see cref="MaxDelay"/>, and for how long circuits may keep it waiting
    /// before it counts as failed, <see cref="MaxDelay"/> to 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxDelay < BaseDelay)
            yield return new($"must lie between BaseDelay, {BaseDelay}, and 1.00:00:00, and is {MaxDelay}.", [nameof(MaxDelay)]);
        if (LongestWait < MaxDelay)
            yield return new($"must lie between MaxDelay, {MaxDelay}, and 30.00:00:00, and is {LongestWait}.", [nameof(LongestWait)]);
    }

    /// <summary>The wait after an attempt; a quarter of jitter either way keeps what failed together from being retried together.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="chance">A number from 0 to 1 that decides the jitter.</param>
    /// <param name="notBefore">
    /// How long the provider asked to be left alone; the wait is never shorter, up to <see cref="LongestWait"/>.
    /// </param>
    public TimeSpan DelayAfter(int attempt, double chance, TimeSpan? notBefore = null)
    {
        var exponential = BaseDelay * Math.Pow(Growth, attempt - 1);
        var bounded = exponential < MaxDelay ? exponential : MaxDelay;
        var spread = bounded * (1 + Jitter * (2 * chance - 1));
        return notBefore > spread ? Bounded(notBefore.Value) : spread;
    }

    /// <summary>A wait that somebody else asks for, at most <see cref="LongestWait"/>.</summary>
    public TimeSpan Bounded(TimeSpan wait) => wait < LongestWait ? wait : LongestWait;
}
