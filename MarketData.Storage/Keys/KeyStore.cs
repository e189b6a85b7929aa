using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Keys;

/// <summary>API keys and what was done with them. A key itself is never stored, only its SHA-256.</summary>
public sealed class KeyStore(NpgsqlDataSource database)
{
    private const string Columns =
        "id, name, prefix, scopes, requests_per_minute, created_at, created_by, expires_at, revoked_at, last_used_at";

    /// <summary>Makes a key.</summary>
    /// <param name="request">What it is for and may do.</param>
    /// <param name="by">Who makes it, from where.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The key, and its secret: this is the only time that it can be had.</returns>
    public async Task<(ApiKey Key, string Secret)> CreateAsync(ApiKeyRequest request, Actor by, CancellationToken cancellation)
    {
        const string create = $"""
            WITH made AS (
                INSERT INTO api_keys (id, name, prefix, key_hash, scopes, requests_per_minute, expires_at, created_by)
                VALUES (@Id, @Name, @Prefix, @Hash, @Scopes, @RequestsPerMinute, @ExpiresAt, @By) RETURNING *),
            noted AS (
                INSERT INTO api_key_audit (key_id, action, actor, detail, address)
                VALUES (@Id, 'created', @By, array_to_string(@Scopes, ' '), @Address))
            SELECT {Columns} FROM made
            """;
        var secret = KeySecret.Create();
        var arguments = new
        {
            Id = Guid.CreateVersion7(),
            request.Name,
            Prefix = KeySecret.PrefixOf(secret),
            Hash = HashOf(secret),
            Scopes = request.Scopes.ToArray(),
            request.RequestsPerMinute,
            request.ExpiresAt,
            By = by.Name,
            by.Address,
        };
        return (await database.QuerySingleAsync<ApiKey>("create API key", create, arguments, cancellation), secret);
    }

    /// <summary>Finds a key by its secret, and records its use, to the minute.</summary>
    /// <returns>The key; null when there is none, or it is revoked or expired.</returns>
    public async Task<ApiKey?> FindAsync(string secret, CancellationToken cancellation)
    {
        const string find = $"""
            SELECT {Columns}, key_hash, coalesce(last_used_at < now() - interval '1 minute', true) AS is_news FROM api_keys
            WHERE key_hash = @hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """;
        const string touch = "UPDATE api_keys SET last_used_at = now() WHERE id = @Id";
        var hash = HashOf(secret);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (key, use) = (await connection.QueryAsync<ApiKey, KeyUse, (ApiKey, KeyUse)>(
            Sql.Command("find API key", find, new { hash }, cancellation), (key, use) => (key, use), splitOn: "key_hash")).SingleOrDefault();
        if (key is null || !CryptographicOperations.FixedTimeEquals(use.KeyHash, hash))
            return null;
        if (use.IsNews)
            await connection.ExecuteAsync(Sql.Command("note use of API key", touch, new { key.Id }, cancellation));
        return key;
    }

    /// <summary>Makes what opens the event stream in place of a key that is valid, until an instant, UTC.</summary>
    public static string TokenOf(ApiKey key, string secret, DateTime expiresAt) =>
        StreamToken.Create(key.Id, HashOf(secret), expiresAt).ToString();

    /// <summary>Finds the key that a token was made with.</summary>
    /// <returns>The key; null when the token is not genuine or is over, or the key is revoked or expired.</returns>
    public async Task<ApiKey?> FindByTokenAsync(string token, DateTime now, CancellationToken cancellation)
    {
        const string find = $"""
            SELECT {Columns}, key_hash, false AS is_news FROM api_keys
            WHERE id = @Key AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """;
        if (!StreamToken.TryParse(token, out var given) || given.ExpiresAt <= now)
            return null;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (key, use) = (await connection.QueryAsync<ApiKey, KeyUse, (ApiKey, KeyUse)>(
            Sql.Command("find API key of token", find, new { given.Key }, cancellation), (key, use) => (key, use), splitOn: "key_hash")).SingleOrDefault();
        return key is not null && given.IsSignedWith(use.KeyHash) ? key : null;
    }

    /// <summary>Reads every key, newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ReadAllAsync(CancellationToken cancellation)
    {
        const string all = $"SELECT {Columns} FROM api_keys ORDER BY created_at DESC, id DESC";
        return await database.QueryAsync<ApiKey>("read API keys", all, null, cancellation);
    }

    /// <summary>Reads one key; null when there is none with this id.</summary>
    public async Task<ApiKey?> ReadAsync(Guid id, CancellationToken cancellation)
    {
        const string one = $"SELECT {Columns} FROM api_keys WHERE id = @id";
        return await database.QuerySingleOrDefaultAsync<ApiKey>("read API key", one, new { id }, cancellation);
    }

    /// <summary>Which of these keys are not valid, being revoked, expired or unknown.</summary>
    public async Task<IReadOnlySet<Guid>> ReadInvalidAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        const string invalid = """
            SELECT id FROM unnest(@ids) AS id
            WHERE NOT EXISTS (SELECT FROM api_keys k WHERE k.id = id.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()))
            """;
        return (await database.QueryAsync<Guid>("find invalid API keys", invalid, new { ids = ids.ToArray() }, cancellation)).ToHashSet();
    }

    /// <summary>Changes a key.</summary>
    /// <returns>The key as it is now, and what changed from what to what; null when there is none with this id, or it is revoked.</returns>
    public async Task<(ApiKey Key, string Change)?> ChangeAsync(Guid id, ApiKeyChange change, Actor by, CancellationToken cancellation)
    {
        var text = $"""
            WITH old AS (SELECT * FROM api_keys WHERE id = @id AND revoked_at IS NULL FOR UPDATE),
            changed AS (
                UPDATE api_keys k SET name = coalesce(@Name, k.name), scopes = coalesce(@Scopes, k.scopes),
                    requests_per_minute = CASE WHEN @SetsRequestsPerMinute THEN @RequestsPerMinute ELSE k.requests_per_minute END,
                    expires_at = CASE WHEN @SetsExpiresAt THEN @ExpiresAt ELSE k.expires_at END
                FROM old WHERE k.id = old.id RETURNING k.*),
            difference AS (
                SELECT o.id, coalesce(nullif(concat_ws('; ',
                    CASE WHEN o.name <> c.name THEN format('name: %s → %s', o.name, c.name) END,
                    CASE WHEN o.scopes <> c.scopes THEN format('scopes: %s → %s', array_to_string(o.scopes, ' '), array_to_string(c.scopes, ' ')) END,
                    CASE WHEN o.requests_per_minute IS DISTINCT FROM c.requests_per_minute
                        THEN format('requests_per_minute: %s → %s', coalesce(o.requests_per_minute::text, 'none'), coalesce(c.requests_per_minute::text, 'none')) END,
                    CASE WHEN o.expires_at IS DISTINCT FROM c.expires_at
                        THEN format('expires_at: %s → %s', coalesce({Iso("o.expires_at")}, 'none'), coalesce({Iso("c.expires_at")}, 'none')) END), ''),
                    'as it was') AS what
                FROM old o JOIN changed c USING (id)),
            noted AS (
                INSERT INTO api_key_audit (key_id, action, actor, detail, address) SELECT id, 'changed', @By, what, @Address FROM difference)
            SELECT {Columns}, what FROM changed JOIN difference USING (id)
            """;
        var arguments = new
        {
            id,
            change.Name,
            Scopes = change.Scopes?.ToArray(),
            change.SetsRequestsPerMinute,
            change.RequestsPerMinute,
            change.SetsExpiresAt,
            change.ExpiresAt,
            By = by.Name,
            by.Address,
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<ApiKey, string, (ApiKey, string)?>(
            Sql.Command("change API key", text, arguments, cancellation), (key, what) => (key, what), splitOn: "what")).SingleOrDefault();
    }

    /// <summary>Revokes a key; revoking it again changes nothing.</summary>
    /// <returns>The key; null when there is none with this id.</returns>
    public async Task<ApiKey?> RevokeAsync(Guid id, Actor by, CancellationToken cancellation)
    {
        const string revoke = """
            WITH revoked AS (UPDATE api_keys SET revoked_at = now() WHERE id = @id AND revoked_at IS NULL RETURNING id)
            INSERT INTO api_key_audit (key_id, action, actor, address) SELECT id, 'revoked', @By, @Address FROM revoked
            """;
        await database.ExecuteAsync("revoke API key", revoke, new { id, By = by.Name, by.Address }, cancellation);
        return await ReadAsync(id, cancellation);
    }

    /// <summary>Notes what a key was used for.</summary>
    public async Task NoteAsync(Guid id, string action, string detail, Actor by, CancellationToken cancellation)
    {
        const string note = """
            INSERT INTO api_key_audit (key_id, action, actor, detail, address) VALUES (@id, @action, @By, @detail, @Address)
            """;
        await database.ExecuteAsync("add API key audit entry", note, new { id, action, detail, By = by.Name, by.Address }, cancellation);
    }

    /// <summary>Reads a page of what was done with and to a key, newest first.</summary>
    /// <param name="id">The key.</param>
    /// <param name="before">Only entries with a lower number: the last of the page before.</param>
    /// <param name="limit">Entries at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<ApiKeyAuditEntry>> ReadAuditAsync(Guid id, long? before, int limit, CancellationToken cancellation)
    {
        const string audit = """
            SELECT id, at, action, actor, detail, address FROM api_key_audit
            WHERE key_id = @id AND id < coalesce(@before, 9223372036854775807) ORDER BY id DESC LIMIT @limit
            """;
        return await database.QueryAsync<ApiKeyAuditEntry>("read API key audit", audit, new { id, before, limit }, cancellation);
    }

    private static string Iso(string column) => $"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""";

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    // What a key that was found is checked by, and whether its use has to be noted.
    private sealed record KeyUse
    {
        public required byte[] KeyHash { get; init; }

        public required bool IsNews { get; init; }
    }
}
