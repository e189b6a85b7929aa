namespace Aspire.Hosting;

/// <summary>What the application is described for.</summary>
public sealed class DistributedApplicationExecutionContext
{
    /// <summary>Whether it is to run here and not to be published elsewhere; with this engine always.</summary>
    public bool IsRunMode { get; } = true;
}
