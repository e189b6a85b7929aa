namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file or directory for a container.</summary>
public abstract class ContainerFileSystemItem
{
    /// <summary>Its name, without a path.</summary>
    public string Name { get; set; } = "";
}
