namespace MarketData.Enrichment.Resilience;

/// <summary>The job that requests are made for. It goes with the flow of the work, as an activity does: providers know nothing of jobs.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Attempt">The attempt at the symbol, from 1.</param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval that is worked on.</param>
public sealed record RequestOrigin(Guid JobId, int Attempt, string Symbol, string Timeframe)
{
    private static readonly AsyncLocal<RequestOrigin?> Flow = new();

    /// <summary>That of this flow; null outside jobs.</summary>
    public static RequestOrigin? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }
}
