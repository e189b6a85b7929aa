using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace MarketData.Web.Hosting;

/// <summary>Turns a destination such as <c>https+http://api</c> into the addresses that service discovery knows for it.</summary>
public sealed class ServiceDiscoveryDestinations(ServiceEndpointResolver resolver) : IDestinationResolver
{
    /// <inheritdoc />
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.OrdinalIgnoreCase);
        ServiceEndpointSource? source = null;
        foreach (var (name, destination) in destinations)
        {
            source = await resolver.GetEndpointsAsync(destination.Address, cancellationToken);
            foreach (var endpoint in source.Endpoints)
            {
                var address = endpoint.ToString()!;
                resolved[$"{name}/{address}"] = destination with
                {
                    Address = address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}",
                };
            }
        }

        return new ResolvedDestinationCollection(resolved, source?.ChangeToken);
    }
}
