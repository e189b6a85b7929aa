using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Notifications;

/// <summary>Whom messages go to. Addresses and secrets are stored encrypted where there is a key.</summary>
public sealed class ReceiverStore(NpgsqlDataSource database, ReceiverCipher cipher)
{
    private const int SecretBytes = 32;
    private const string Columns = "id, name, kind, address, secret, mailboxes, is_enabled, created_at, updated_at, updated_by";

    /// <summary>Makes what a webhook's messages are signed with, as the Standard Webhooks specification writes it.</summary>
    public static string CreateSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>Reads all, by name.</summary>
    public async Task<IReadOnlyList<NotificationReceiver>> ReadAllAsync(CancellationToken cancellation) =>
        [.. (await ReadStoredAsync(cancellation)).Select(Decrypted).OfType<NotificationReceiver>()];

    /// <summary>Reads one; null when there is none of this number.</summary>
    public Task<NotificationReceiver?> ReadAsync(long id, CancellationToken cancellation) =>
        QueryAsync("read notification receiver", $"SELECT {Columns} FROM notification_receivers WHERE id = @id", new { id }, cancellation);

    /// <summary>Makes a receiver; a webhook has a secret.</summary>
    /// <returns>The receiver; null when another goes by its name.</returns>
    public Task<NotificationReceiver?> CreateAsync(ReceiverRequest request, string? by, CancellationToken cancellation)
    {
        const string create = $"""
            INSERT INTO notification_receivers (name, kind, address, secret, mailboxes, is_enabled, updated_by)
            VALUES (@Name, @Kind, @Address, @secret, @mailboxes, @IsEnabled, @by)
            ON CONFLICT (lower(name)) DO NOTHING RETURNING {Columns}
            """;
        var secret = request.Kind == ReceiverKinds.Webhook ? CreateSecret() : null;
        var arguments = new
        {
            request.Name,
            request.Kind,
            Address = cipher.Encrypt(request.Address),
            secret = cipher.Encrypt(secret),
            mailboxes = request.Mailboxes?.ToArray(),
            request.IsEnabled,
            by,
        };
        return QueryAsync("create notification receiver", create, arguments, cancellation);
    }

    /// <summary>Changes a receiver that is there.</summary>
    /// <returns>The receiver as it is now; null when another goes by its name.</returns>
    public async Task<NotificationReceiver?> ChangeAsync(long id, ReceiverRequest request, string? by, CancellationToken cancellation)
    {
        const string change = $"""
            UPDATE notification_receivers SET
                name = @Name, address = coalesce(@Address, address), mailboxes = coalesce(@mailboxes, mailboxes), is_enabled = @IsEnabled,
                updated_at = now(), updated_by = @by
            WHERE id = @id RETURNING {Columns}
            """;
        try
        {
            var arguments = new
            {
                id,
                request.Name,
                Address = cipher.Encrypt(request.Address),
                mailboxes = request.Mailboxes?.ToArray(),
                request.IsEnabled,
                by,
            };
            return await QueryAsync("change notification receiver", change, arguments, cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>Gives a webhook another secret; the former one signs nothing from now on.</summary>
    /// <returns>The receiver with its secret; null when there is no webhook of this number.</returns>
    public Task<NotificationReceiver?> RenewSecretAsync(long id, string? by, CancellationToken cancellation)
    {
        const string renew = $"""
            UPDATE notification_receivers SET secret = @secret, updated_at = now(), updated_by = @by
            WHERE id = @id AND kind = 'webhook' RETURNING {Columns}
            """;
        return QueryAsync("renew secret of notification receiver", renew, new { id, secret = cipher.Encrypt(CreateSecret()), by }, cancellation);
    }

    /// <summary>The names of the rules that tell a receiver.</summary>
    public Task<IReadOnlyList<string>> ReadRulesAsync(long id, CancellationToken cancellation)
    {
        const string rules = """
            SELECT r.name FROM notification_rules r JOIN notification_rule_receivers x ON x.rule_id = r.id WHERE x.receiver_id = @id ORDER BY lower(r.name)
            """;
        return database.QueryAsync<string>("read rules of notification receiver", rules, new { id }, cancellation);
    }

    /// <summary>Deletes a receiver, and drops what it has not got yet.</summary>
    /// <returns>The receiver as it was; null when there is none of this number.</returns>
    public async Task<NotificationReceiver?> DeleteAsync(long id, CancellationToken cancellation)
    {
        const string drop = """
            UPDATE notification_deliveries SET status = 'dropped', completed_at = now(), lease_expires_at = NULL, error = 'The receiver was deleted.'
            WHERE receiver_id = @id AND status = 'pending'
            """;
        const string delete = $"DELETE FROM notification_receivers WHERE id = @id RETURNING {Columns}";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("drop deliveries of receiver", drop, new { id }, cancellation, transaction));
        var deleted = await connection.QuerySingleOrDefaultAsync<NotificationReceiver>(
            Sql.Command("delete notification receiver", delete, new { id }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return Decrypted(deleted);
    }

    /// <summary>Encrypts what is stored as it is, or under a former key; nothing while there is no key.</summary>
    /// <returns>How many receivers it was of.</returns>
    public async Task<int> EncryptAsync(CancellationToken cancellation)
    {
        // Who changed it meanwhile has encrypted it.
        const string encrypt = """
            UPDATE notification_receivers SET address = @address, secret = @secret
            WHERE id = @Id AND address IS NOT DISTINCT FROM @oldAddress AND secret IS NOT DISTINCT FROM @oldSecret
            """;
        var encrypted = 0;
        foreach (var stored in await ReadStoredAsync(cancellation))
        {
            if (cipher.IsCurrent(stored.Address) && cipher.IsCurrent(stored.Secret)
                || !cipher.TryDecrypt(stored.Address, out var address) || !cipher.TryDecrypt(stored.Secret, out var secret))
                continue;
            var arguments = new
            {
                stored.Id,
                address = cipher.Encrypt(address),
                secret = cipher.Encrypt(secret),
                oldAddress = stored.Address,
                oldSecret = stored.Secret,
            };
            encrypted += await database.ExecuteAsync("encrypt notification receiver", encrypt, arguments, cancellation);
        }

        return encrypted;
    }

    private Task<IReadOnlyList<NotificationReceiver>> ReadStoredAsync(CancellationToken cancellation) => database.QueryAsync<NotificationReceiver>(
        "read notification receivers", $"SELECT {Columns} FROM notification_receivers ORDER BY lower(name), id", null, cancellation);

    private async Task<NotificationReceiver?> QueryAsync(string name, string sql, object arguments, CancellationToken cancellation) =>
        Decrypted(await database.QuerySingleOrDefaultAsync<NotificationReceiver>(name, sql, arguments, cancellation));

    private NotificationReceiver? Decrypted(NotificationReceiver? stored)
    {
        if (stored is null)
            return null;
        var isReadable = cipher.TryDecrypt(stored.Address, out var address) & cipher.TryDecrypt(stored.Secret, out var secret);
        return stored with { Address = address, Secret = secret, IsReadable = isReadable };
    }
}
