namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of an endpoint's address.</summary>
public class EndpointReferenceExpression : IValueProvider
{
    /// <summary>Names the endpoint and the part.</summary>
    public EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) =>
        (Endpoint, Property) = (endpointReference, property);

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; }

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        await Endpoint.GetValueAsync(cancellationToken) is { } url && Property == EndpointProperty.HostAndPort
            ? new Uri(url).Authority
            : await Endpoint.GetValueAsync(cancellationToken);
}
