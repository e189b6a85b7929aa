namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container, or rather the same program installed on this machine when there is one.</summary>
public class ContainerResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Names the resource.</summary>
    public ContainerResource(string name) : base(name)
    {
    }

    /// <summary>The image without its tag.</summary>
    internal string Image { get; set; } = "";

    /// <summary>The files that the container is to find, each by a function that writes them below the directory it is given.</summary>
    internal List<Func<string, CancellationToken, Task>> Files { get; } = [];
}
