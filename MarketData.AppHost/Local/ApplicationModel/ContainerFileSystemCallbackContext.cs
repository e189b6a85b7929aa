namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a function that makes files for a container is told.</summary>
public sealed class ContainerFileSystemCallbackContext
{
    /// <summary>The container.</summary>
    public required IResource Model { get; init; }
}
