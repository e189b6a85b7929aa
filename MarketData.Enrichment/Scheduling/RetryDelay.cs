namespace MarketData.Enrichment.Scheduling;

/// <summary>How long to wait before a failed symbol is tried again.</summary>
public static class RetryDelay
{
    private const double Growth = 4;
    private const double Jitter = 0.25;

    /// <summary>Exponential from the base delay, with a quarter of jitter either way so that what failed together is not retried together.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="options">Base and bound.</param>
    /// <param name="chance">A number from 0 to 1 that decides the jitter.</param>
    /// <param name="notBefore">How long the provider asked to be left alone; the wait is never shorter, and then may exceed the bound.</param>
    public static TimeSpan After(int attempt, RetryOptions options, double chance, TimeSpan? notBefore = null)
    {
        var exponential = options.BaseDelay * Math.Pow(Growth, attempt - 1);
        var bounded = exponential < options.MaxDelay ? exponential : options.MaxDelay;
        var spread = bounded * (1 + Jitter * (2 * chance - 1));
        return notBefore > spread ? notBefore.Value : spread;
    }
}
