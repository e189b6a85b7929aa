namespace MarketData.Storage.Dashboard;

/// <summary>Jobs that are not done.</summary>
public sealed record QueueDepth
{
    /// <summary>Those that wait, retries included.</summary>
    public required long Waiting { get; init; }

    /// <summary>Those being worked on.</summary>
    public required long Running { get; init; }
}
