namespace MarketData.Simulator.Faults;

/// <summary>Marks a route as one of a simulated provider's, so that its requests are counted and faults can reach it.</summary>
internal sealed record ProviderEndpoint(Provider Provider, EndpointKind Kind);
