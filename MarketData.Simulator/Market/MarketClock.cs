namespace MarketData.Simulator.Market;

/// <summary>The simulated market's present: the host's clock, or the instant that <c>Simulator:Now</c> fixes.</summary>
internal sealed class MarketClock(TimeProvider time, SimulatorOptions options)
{
    /// <summary>The present, Unix milliseconds.</summary>
    public long Now => (options.Now ?? time.GetUtcNow()).ToUnixTimeMilliseconds();

    /// <summary>The present's date, UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime((options.Now ?? time.GetUtcNow()).UtcDateTime);
}
