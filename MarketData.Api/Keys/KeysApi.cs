using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Keys;

/// <summary>API keys: <c>/api/v1/admin/api-keys</c>.</summary>
public static class KeysApi
{
    private static readonly RequestParameter<Guid> KeyId = RouteId("id", "The key's id.");
    private static readonly RequestParameter<int?> AuditLimit = Integer("limit", "Entries on a page.", 1, 500, 100);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/admin/api-keys").WithTags("Administration").RequireScope(Scopes.Admin);

        group.MapPost("/", Create).WithName("CreateApiKey").WithSummary("Make a key; it is shown once");
        group.MapGet("/", GetAll).WithName("GetApiKeys").WithSummary("Every key, without its secret");
        group.MapPut("/{id}", Change).Takes(KeyId).WithName("ChangeApiKey").WithSummary("Change a key's name, scopes, limit or expiry");
        group.MapDelete("/{id}", Revoke).Takes(KeyId).WithName("RevokeApiKey").WithSummary("Revoke a key; it stops working at once");
        group.MapGet("/{id}/audit", GetAudit).Takes(KeyId, AuditLimit, PageCursor).WithName("GetApiKeyAudit").WithSummary("What was done with and to a key");
        return api;
    }

    private static Task<Results<Created<CreatedApiKey>, ProblemHttpResult>> Create(RequestValues request, JsonBody<NewApiKey> body) => throw new NotSupportedException();

    private static Task<Ok<ApiKeyList>> GetAll() => throw new NotSupportedException();

    private static Task<Results<Ok<ApiKey>, ProblemHttpResult>> Change(RequestValues request, JsonBody<ApiKeyChange> body) => throw new NotSupportedException();

    private static Task<Results<Ok<ApiKey>, ProblemHttpResult>> Revoke(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<ApiKeyAudit>, ProblemHttpResult>> GetAudit(RequestValues request) => throw new NotSupportedException();
}
