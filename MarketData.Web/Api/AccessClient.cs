namespace MarketData.Web.Api;

/// <summary>Asks the Api what a key, or nobody, may do.</summary>
public sealed class AccessClient(ApiConnection api)
{
    /// <summary>What this session may do.</summary>
    public Task<Access> GetAsync(CancellationToken cancellationToken = default) => api.GetAsync<Access>("api/v1/access", cancellationToken);
}
