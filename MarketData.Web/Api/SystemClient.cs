namespace MarketData.Web.Api;

/// <summary>The system under everything: database, nodes, providers' calls.</summary>
public sealed class SystemClient(ApiConnection api)
{
    /// <summary>Database, tables and nodes.</summary>
    public Task<SystemInfo> GetAsync(CancellationToken cancellationToken) => api.GetAsync<SystemInfo>("api/v1/system", cancellationToken);

    /// <summary>Calls, errors and latency per provider over a window.</summary>
    public async Task<IReadOnlyList<ProviderCalls>> GetProviderCallsAsync(string window, CancellationToken cancellationToken) =>
        (await api.GetAsync<ProviderMetrics>("api/v1/metrics/providers" + UrlQuery.Of(("window", window)), cancellationToken)).Providers;

    /// <summary>Has a node ask each provider whether it serves its place, unless that was done within the last minute.</summary>
    public Task<ProviderCheckReport> CheckProvidersAsync(CancellationToken cancellationToken) =>
        api.GetAsync<ProviderCheckReport>("api/v1/providers/check", cancellationToken);

    private sealed record ProviderMetrics(string Window, IReadOnlyList<ProviderCalls> Providers);
}
