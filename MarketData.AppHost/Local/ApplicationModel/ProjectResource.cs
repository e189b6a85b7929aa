namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project, run as a process of its own.</summary>
public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>Names the resource.</summary>
    public ProjectResource(string name) : base(name)
    {
    }

    /// <summary>The full path of the project file.</summary>
    internal string ProjectPath { get; init; } = "";

    /// <summary>How many processes run it.</summary>
    internal int Replicas { get; set; } = 1;
}
