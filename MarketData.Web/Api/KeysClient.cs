using System.Text.Json;
namespace MarketData.Web.Api;

/// <summary>API keys, for administrators.</summary>
public sealed class KeysClient(ApiConnection api)
{
    private const string Root = "api/v1/admin/api-keys";

    /// <summary>All keys, revoked ones included.</summary>
    public async Task<IReadOnlyList<ApiKey>> GetAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<ApiKeyList>(Root, cancellationToken)).Items;

    /// <summary>Makes a key. Its secret is in the answer and nowhere else.</summary>
    public Task<CreatedApiKey> CreateAsync(NewApiKey key, CancellationToken cancellationToken) =>
        api.SendAsync<CreatedApiKey>(HttpMethod.Post, Root, key, cancellationToken);

    /// <summary>Revokes a key at once and for good.</summary>
    public Task RevokeAsync(Guid key, CancellationToken cancellationToken) =>
        api.SendAsync<JsonElement>(HttpMethod.Delete, $"{Root}/{key}", null, cancellationToken);

    /// <summary>What was done with or to a key, newest first.</summary>
    public Task<Page<ApiKeyAuditEntry>> GetAuditAsync(Guid key, CancellationToken cancellationToken) =>
        api.GetAsync<Page<ApiKeyAuditEntry>>($"{Root}/{key}/audit", cancellationToken);
}
