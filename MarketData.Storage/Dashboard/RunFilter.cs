namespace MarketData.Storage.Dashboard;

/// <summary>Which runs to read. What is null does not matter.</summary>
public sealed record RunFilter
{
    /// <summary>True: only runs without a failed symbol. False: only those with one.</summary>
    public bool? Success { get; init; }

    /// <summary>Only runs with this symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>Only runs put on record at or after this instant, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only runs put on record before this instant, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Only runs older than this one, by time and id: the last of the page before.</summary>
    public (DateTime CreatedAt, Guid JobId)? Before { get; init; }
}
