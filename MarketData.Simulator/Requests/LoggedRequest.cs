using MarketData.Simulator.Faults;

namespace MarketData.Simulator.Requests;

/// <summary>A request that a simulated provider received.</summary>
/// <param name="At">When it came, by the host's clock.</param>
/// <param name="Endpoint">What it asked.</param>
/// <param name="Symbol">For which canonical symbol; empty for none, several with commas between.</param>
internal sealed record LoggedRequest(DateTimeOffset At, ProviderEndpoint Endpoint, string Symbol)
{
    /// <summary>The status answered; 0 while it is not, or when the connection was broken on purpose.</summary>
    public int Status { get; set; }
}
