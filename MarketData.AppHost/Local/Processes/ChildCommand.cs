namespace MarketData.AppHost.Local.Processes;

/// <summary>What to run as a child process, and how it wants to be stopped.</summary>
/// <param name="FileName">The program, as a path or a name on <c>PATH</c>.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
internal sealed record ChildCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables added to, or with null taken from, the environment that the child gets.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>False gives the child nothing but <see cref="Environment"/>.</summary>
    public bool InheritsEnvironment { get; init; } = true;

    /// <summary>Where the child starts; null for this process' own directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The Unix signal that asks the child to stop: a name as <c>kill</c> takes it.</summary>
    public string StopSignal { get; init; } = "TERM";

    /// <summary>How long the child may take to stop before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A directory to remove once the child has ended, also when this process did not live to see it.</summary>
    public string? DeleteAfterwards { get; init; }
}
