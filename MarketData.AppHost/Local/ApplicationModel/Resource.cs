namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource and everything that <c>AppHost.cs</c> has said about it.</summary>
public abstract class Resource : IResource
{
    /// <summary>Names the resource.</summary>
    protected Resource(string name) => Name = name;

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Each adds variables to the environment that the resource is started with.</summary>
    internal List<Func<IDictionary<string, string>, CancellationToken, ValueTask>> Environment { get; } = [];

    /// <summary>What has to be healthy before this may start.</summary>
    internal List<IResource> Dependencies { get; } = [];

    /// <summary>The ports that it listens on.</summary>
    internal List<Endpoint> Endpoints { get; } = [];

    /// <summary>The path that answers 200 once it can do its work; null when running is enough.</summary>
    internal string? HealthPath { get; set; }

    /// <summary>Command-line arguments.</summary>
    internal List<string> Arguments { get; } = [];

    /// <summary>False when this machine has nothing to run it with, so that nobody is given its address.</summary>
    internal bool IsAvailable { get; set; } = true;
}
