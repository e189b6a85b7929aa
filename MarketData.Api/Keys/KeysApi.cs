using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Keys;

/// <summary>API keys: <c>/api/v1/admin/api-keys</c>.</summary>
public static class KeysApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/admin/api-keys").WithTags("Administration").RequireScope(Scopes.Admin);
        group.MapPost("/", Create).WithName("CreateApiKey").WithSummary("Make a key; it is shown once");
        group.MapGet("/", GetAll).WithName("GetApiKeys").WithSummary("Every key, without its secret");
        group.MapPut("/{id}", Change).MayFailWith(ProblemCodes.KeyNotFound, ProblemCodes.KeyRevoked).WithName("ChangeApiKey")
            .WithSummary("Change a key's name, scopes, limit or expiry");
        group.MapPatch("/{id}", Change).MayFailWith(ProblemCodes.KeyNotFound, ProblemCodes.KeyRevoked).WithName("PatchApiKey")
            .WithSummary("Change a key's name, scopes, limit or expiry, as PUT does");
        group.MapDelete("/{id}", Revoke).MayFailWith(ProblemCodes.KeyNotFound).WithName("RevokeApiKey").WithSummary("Revoke a key; it stops working at once");
        group.MapGet("/{id}/audit", GetAudit).MayFailWith(ProblemCodes.KeyNotFound).WithName("GetApiKeyAudit").WithSummary("What was done with and to a key");
        return api;
    }

    private static async Task<Created<CreatedApiKey>> Create(
        NewApiKey body, HttpContext context, KeyStore keys, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var asked = new ApiKeyRequest(body.Name!.Trim(), Ordered(body.Scopes)!, body.RequestsPerMinute, Instant.ToUtc(body.ExpiresAt));
        var (key, secret) = await keys.CreateAsync(asked, context.Actor(), cancellationToken);
        context.Note($"key {key.Prefix}… \"{key.Name}\" with {string.Join(' ', key.Scopes)}");
        return TypedResults.Created($"/api/v1/admin/api-keys/{key.Id}", new CreatedApiKey(secret, key));
    }

    private static async Task<Ok<ApiKeyList>> GetAll(KeyStore keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyList(await keys.ReadAllAsync(cancellationToken)));

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> Change(
        [Description("The key's id.")] Guid id, ApiKeyChange body, HttpContext context, KeyStore keys, CancellationToken cancellationToken)
    {
        if (NotTakenOff(body) is { Count: > 0 } objections)
            return Problems.Invalid(objections);
        var change = new Storage.Keys.ApiKeyChange
        {
            Name = body.Name?.Trim(),
            Scopes = Ordered(body.Scopes),
            SetsRequestsPerMinute = body.IsLimitGiven,
            RequestsPerMinute = body.RequestsPerMinute,
            SetsExpiresAt = body.IsExpiryGiven,
            ExpiresAt = Instant.ToUtc(body.ExpiresAt),
        };
        if (await keys.ChangeAsync(id, change, context.Actor(), cancellationToken) is var (changed, what))
        {
            context.Note($"key {changed.Prefix}… {what}");
            return TypedResults.Ok(changed);
        }

        return await keys.ReadAsync(id, cancellationToken) is null
            ? NoSuchKey(id)
            : Problems.Of(ProblemCodes.KeyRevoked, "The key is revoked, and nothing of it can be changed any more.");
    }

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> Revoke(
        [Description("The key's id.")] Guid id, HttpContext context, KeyStore keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(id, context.Actor(), cancellationToken) is { } revoked ? Revoked(context, revoked) : NoSuchKey(id);

    private static Ok<ApiKey> Revoked(HttpContext context, ApiKey key)
    {
        context.Note($"key {key.Prefix}… \"{key.Name}\" revoked");
        return TypedResults.Ok(key);
    }

    private static async Task<Results<Ok<ApiKeyAudit>, ProblemHttpResult>> GetAudit(
        [Description("The key's id.")] Guid id,
        NumberCursor? cursor,
        HttpRequest request,
        KeyStore keys,
        CancellationToken cancellationToken,
        [WholeNumber(1, 500), Description("Entries on a page.")] int limit = 100)
    {
        if (await keys.ReadAsync(id, cancellationToken) is null)
            return NoSuchKey(id);
        var entries = await keys.ReadAuditAsync(id, cursor?.Number, limit + 1, cancellationToken);
        IReadOnlyList<ApiKeyAuditEntry> page = [.. entries.Take(limit)];
        return TypedResults.Ok(new ApiKeyAudit(page, entries.Count > limit ? new NumberCursor(page[^1].Id, CursorQuery.Of(request)).ToString() : null));
    }

    // A key has a name and scopes; only a limit can be taken off it.
    private static Dictionary<string, string[]> NotTakenOff(ApiKeyChange body)
    {
        IEnumerable<(string Field, bool Holds)> fields =
            [("name", body is { IsNameGiven: true, Name: null }), ("scopes", body is { AreScopesGiven: true, Scopes: null })];
        return fields.Where(one => one.Holds)
            .ToDictionary(one => one.Field, one => (string[])[$"'{one.Field}' can't be null; leave it out to keep what the key has."]);
    }

    private static string[]? Ordered(IReadOnlyList<string?>? scopes) =>
        scopes is null ? null : [.. Scopes.All.Where(scope => scopes.Contains(scope))];

    private static ProblemHttpResult NoSuchKey(Guid id) => Problems.Of(ProblemCodes.KeyNotFound, $"There is no key {id}.");
}
