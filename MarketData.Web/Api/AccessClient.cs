namespace MarketData.Web.Api;

/// <summary>Asks the Api what a key, or nobody, may do.</summary>
public sealed class AccessClient(ApiConnection api)
{
    private const string Path = "api/v1/access";

    /// <summary>What this session may do.</summary>
    public Task<Access> GetAsync(CancellationToken cancellationToken = default) => api.GetAsync<Access>(Path, cancellationToken);

    /// <summary>What a key may do that nobody has signed in with yet.</summary>
    public Task<Access> GetAsync(string key, CancellationToken cancellationToken) => api.GetAsync<Access>(Path, cancellationToken, key);
}
