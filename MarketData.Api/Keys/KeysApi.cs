using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Keys;

/// <summary>API keys: <c>/api/v1/admin/api-keys</c>.</summary>
public static class KeysApi
{
    private const int LongestName = 100;
    private const int HighestLimit = 1_000_000;

    private static readonly RequestParameter<Guid> KeyId = RouteId("id", "The key's id.");
    private static readonly RequestParameter<int?> AuditLimit = Integer("limit", "Entries on a page.", 1, 500, 100);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/admin/api-keys").WithTags("Administration").RequireScope(Scopes.Admin);
        group.MapPost("/", Create).ProducesProblem(415).WithName("CreateApiKey").WithSummary("Make a key; it is shown once");
        group.MapGet("/", GetAll).WithName("GetApiKeys").WithSummary("Every key, without its secret");
        group.MapPut("/{id}", Change).Takes(KeyId).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).WithName("ChangeApiKey").WithSummary("Change a key's name, scopes, limit or expiry");
        group.MapDelete("/{id}", Revoke).Takes(KeyId).ProducesProblem(404).WithName("RevokeApiKey").WithSummary("Revoke a key; it stops working at once");
        group.MapGet("/{id}/audit", GetAudit).Takes(KeyId, AuditLimit, PageCursors.ByNumber).ProducesProblem(404).WithName("GetApiKeyAudit").WithSummary("What was done with and to a key");
        return api;
    }

    private static async Task<Results<Created<CreatedApiKey>, ProblemHttpResult>> Create(
        RequestValues request, JsonBody<NewApiKey> body, HttpContext context, KeyStore keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var fields = new BodyFields();
        fields.RefuseIf(body.Value.Name is null, "name", $"must be 1 to {LongestName} characters of text.");
        fields.RefuseIf(body.Value.Scopes is null, "scopes", ScopesRequirement);
        var (name, scopes, expiresAt) = Read(
            fields, body.Value.Name, body.Value.Scopes, body.Value.RequestsPerMinute, body.Value.ExpiresAt, time.GetUtcNow().UtcDateTime);
        if (fields.Problem is { } problem)
            return problem;
        var asked = new ApiKeyRequest(name!, scopes!, body.Value.RequestsPerMinute, expiresAt);
        var (key, secret) = await keys.CreateAsync(asked, context.Actor(), cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/api/v1/admin/api-keys/{key.Id}", new CreatedApiKey { Key = secret, ApiKey = key });
    }

    private static async Task<Ok<ApiKeyList>> GetAll(RequestValues request, KeyStore keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyList(await keys.ReadAllAsync(cancellationToken)));

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> Change(
        RequestValues request, JsonBody<ApiKeyChange> body, HttpContext context, KeyStore keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var fields = new BodyFields();
        var (name, scopes, expiresAt) = Read(
            fields, body.Value.Name, body.Value.Scopes, body.Value.RequestsPerMinute, body.Value.ExpiresAt, time.GetUtcNow().UtcDateTime);
        if (fields.Problem is { } problem)
            return problem;
        var id = request.Get(KeyId);
        if (await keys.ChangeAsync(id, name, scopes, body.Value.RequestsPerMinute, expiresAt, context.Actor(), cancellationToken) is { } changed)
            return TypedResults.Ok(changed);
        return await keys.ReadAsync(id, cancellationToken) is null
            ? NoSuchKey(id)
            : Problems.Conflict("The key is revoked, and nothing of it can be changed any more.");
    }

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> Revoke(
        RequestValues request, HttpContext context, KeyStore keys, CancellationToken cancellationToken)
    {
        var id = request.Get(KeyId);
        return await keys.RevokeAsync(id, context.Actor(), cancellationToken) is { } revoked ? TypedResults.Ok(revoked) : NoSuchKey(id);
    }

    private static async Task<Results<Ok<ApiKeyAudit>, ProblemHttpResult>> GetAudit(
        RequestValues request, KeyStore keys, CancellationToken cancellationToken)
    {
        var id = request.Get(KeyId);
        var limit = request.Get(AuditLimit)!.Value;
        if (await keys.ReadAsync(id, cancellationToken) is null)
            return NoSuchKey(id);
        var entries = await keys.ReadAuditAsync(id, request.Get(PageCursors.ByNumber), limit + 1, cancellationToken);
        IReadOnlyList<ApiKeyAuditEntry> page = [.. entries.Take(limit)];
        return TypedResults.Ok(new ApiKeyAudit(page, entries.Count > limit ? PageCursors.After(page[^1].Id) : null));
    }

    private const string ScopesRequirement = "must hold at least one of read, enrich, admin, and nothing else.";

    private static (string? Name, string[]? Scopes, DateTime? ExpiresAt) Read(
        BodyFields fields, string? name, IReadOnlyList<string?>? scopes, int? requestsPerMinute, DateTime? expiresAt, DateTime now)
    {
        var text = fields.Text("name", name, LongestName);
        fields.RefuseIf(
            scopes is not null && (scopes.Count == 0 || scopes.Any(scope => scope is null || !Scopes.All.Contains(scope))), "scopes", ScopesRequirement);
        fields.RefuseIf(requestsPerMinute is < 1 or > HighestLimit, "requests_per_minute", $"must be a whole number from 1 to {HighestLimit}.");
        var expiry = fields.Instant("expires_at", expiresAt);
        fields.RefuseIf(expiry <= now, "expires_at", "must lie in the future.");
        return (text, scopes is null ? null : [.. Scopes.All.Where(scope => scopes.Contains(scope))], expiry);
    }

    private static ProblemHttpResult NoSuchKey(Guid id) => Problems.NotFound($"There is no key {id}.");
}
