namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file for a container.</summary>
public sealed class ContainerFile : ContainerFileSystemItem
{
    /// <summary>What is in it.</summary>
    public string? Contents { get; set; }
}
