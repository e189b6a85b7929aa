namespace Aspire.Hosting.ApplicationModel;

/// <summary>Describes a resource, one property after the other.</summary>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>The application that the resource is part of.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource as described so far.</summary>
    T Resource { get; }
}
