namespace MarketData.Enrichment.Scheduling;

/// <summary>How long a failed symbol waits before it is tried again. Section <c>Enrichment:Retry</c>.</summary>
public sealed class RetryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:Retry";

    /// <summary>The wait after the first failure, 10 ms to 1 hour; each further one is four times as long.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait, <see cref="BaseDelay"/> to 1 day.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(30);
}
