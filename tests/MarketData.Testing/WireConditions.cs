namespace MarketData.Testing;

/// <summary>How a <see cref="TcpProxy"/> carries what is sent in one direction. What is sent arrives whole and in order all the same.</summary>
public sealed record WireConditions
{
    /// <summary>Everything arrives at once.</summary>
    public static WireConditions Good { get; } = new();

    /// <summary>How much later everything arrives, a connection's end included.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How much later still each piece may arrive, drawn for each.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The most that one connection carries in a second; 0 for no limit.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>Cuts what is sent into pieces of so many bytes, each sent by itself; 0 leaves it as it came.</summary>
    public int SliceBytes { get; init; }

    /// <summary>How much later than its last byte a connection's end arrives.</summary>
    public TimeSpan CloseDelay { get; init; }
}
