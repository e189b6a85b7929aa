namespace MarketData.Storage.Dashboard;

/// <summary>What is left of a run, and whether work begins at all.</summary>
public sealed record RunLeft
{
    /// <summary>Symbols being worked on.</summary>
    public required long Running { get; init; }

    /// <summary>Of them, those that were told to stop.</summary>
    public required long Cancelling { get; init; }

    /// <summary>Symbols that wait for their turn.</summary>
    public required long Queued { get; init; }

    /// <summary>Symbols that wait to be tried again.</summary>
    public required long Retrying { get; init; }

    /// <summary>When the first of them is tried again, UTC.</summary>
    public DateTime? NextTryAt { get; init; }

    /// <summary>When the last of them is, UTC.</summary>
    public DateTime? LastTryAt { get; init; }

    /// <summary>The providers that they wait for.</summary>
    public required string[] WaitsFor { get; init; }

    /// <summary>Symbols that ended since the run began, or since the cluster was last resumed when that was later.</summary>
    public required long DoneSince { get; init; }

    /// <summary>How long that is, seconds; null while the run is queued.</summary>
    public double? SinceSeconds { get; init; }

    /// <summary>Symbols that ended in the last ten minutes, or in as much of them as lies after that.</summary>
    public required long DoneLately { get; init; }

    /// <summary>How long that is, seconds.</summary>
    public double? LatelySeconds { get; init; }

    /// <summary>Whether new jobs are held back.</summary>
    public required bool Paused { get; init; }

    /// <summary>Live nodes.</summary>
    public required long Nodes { get; init; }

    /// <summary>The database's clock, UTC.</summary>
    public required DateTime Now { get; init; }
}
