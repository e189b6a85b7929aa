namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of a resource's endpoint; of the first replica when there are several.</summary>
public sealed class EndpointReference : IValueProvider
{
    private readonly Resource _resource;

    internal EndpointReference(Resource resource, string endpointName) => (_resource, EndpointName) = (resource, endpointName);

    /// <summary>The endpoint's name.</summary>
    public string EndpointName { get; }

    /// <summary>The name of the resource that listens.</summary>
    internal string ResourceName => _resource.Name;

    /// <summary>The addresses of all replicas; none when the resource does not run here.</summary>
    internal IEnumerable<string> Urls => _resource.IsAvailable
        ? from endpoint in _resource.Endpoints
          where endpoint.Name == EndpointName
          from replica in Enumerable.Range(0, endpoint.Ports.Count)
          select endpoint.Url(replica)
        : [];

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Urls.FirstOrDefault());

    /// <summary>A part of the address.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);
}
