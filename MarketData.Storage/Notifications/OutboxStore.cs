using Dapper;
using Npgsql;

namespace MarketData.Storage.Notifications;

/// <summary>Messages on their way to receivers, and what came of each attempt.</summary>
public sealed class OutboxStore(NpgsqlDataSource database, ReceiverCipher cipher, TimeProvider time)
{
    /// <summary>The channel that says that there is something to send.</summary>
    public const string Channel = "marketdata_notifications";

    // What goes to a kind of receiver that only a newer version knows is a newer node's.
    private static readonly string[] Kinds = [.. ReceiverKinds.All];
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private const string Columns = """
        d.id, d.receiver_name AS receiver, d.receiver_kind AS kind, m.rule_name AS rule, m.occasion, m.status AS message, m.title, m.body, d.status,
        d.error, d.created_at, CASE WHEN d.status = 'pending' THEN d.due_at END AS next_attempt_at, d.completed_at
        """;

    private const string From = "FROM notification_deliveries d JOIN notification_messages m ON m.id = d.message_id";

    /// <summary>Opens a session that hears when there is something to send.</summary>
    public Task<ListeningSession> ListenAsync(CancellationToken cancellation) =>
        ListeningSession.OpenAsync(database, Channel, "listen for notifications", cancellation);

    /// <summary>
    /// Claims deliveries that are due, oldest first. A receiver gets the messages of a rule in their order, so that the news of a trouble's end
    /// never comes before that of its beginning.
    /// </summary>
    /// <param name="node">The node that will make them.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="lease">How long they are the node's; another takes them after that.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(string node, int limit, TimeSpan lease, CancellationToken cancellation)
    {
        const string claim = """
            WITH due AS (
                SELECT d.id FROM notification_deliveries d
                WHERE d.status = 'pending' AND d.receiver_kind = ANY (@Kinds) AND d.due_at <= now() AND (d.lease_expires_at IS NULL OR d.lease_expires_at <= now())
                  AND NOT EXISTS (
                      SELECT FROM notification_deliveries e
                      WHERE e.status = 'pending' AND e.receiver_id = d.receiver_id AND e.rule_id = d.rule_id AND e.id < d.id)
                ORDER BY d.due_at, d.id LIMIT @limit FOR UPDATE OF d SKIP LOCKED),
            claimed AS (
                UPDATE notification_deliveries d SET attempts = d.attempts + 1, lease_expires_at = now() + @lease FROM due WHERE d.id = due.id RETURNING d.*),
            noted AS (
                INSERT INTO notification_attempts (delivery_id, attempt, node_id) SELECT id, attempts, @node FROM claimed)
            SELECT c.id, c.attempts AS attempt, r.name AS receiver, r.kind, r.address, r.secret, r.mailboxes, m.id AS message_id, m.status,
                   m.rule_name AS rule, m.occasion, m.title, m.body, m.subjects::text AS subjects, m.total, m.created_at
            FROM claimed c JOIN notification_messages m ON m.id = c.message_id JOIN notification_receivers r ON r.id = c.receiver_id
            ORDER BY c.id
            """;
        var claimed = await database.QueryAsync<ClaimedDelivery>("claim notifications", claim, new { node, limit, lease, Kinds }, cancellation);
        return [.. claimed.Select(Decrypted)];
    }

    private ClaimedDelivery Decrypted(ClaimedDelivery stored)
    {
        var isReadable = cipher.TryDecrypt(stored.Address, out var address) & cipher.TryDecrypt(stored.Secret, out var secret);
        return stored with { Address = address, Secret = secret, IsReadable = isReadable };
    }

    /// <summary>Notes that a receiver took a message.</summary>
    public Task DeliveredAsync(ClaimedDelivery delivery, CancellationToken cancellation) =>
        EndAsync(delivery, DeliveryStates.Delivered, "delivered", null, null, cancellation);

    /// <summary>Notes that an attempt failed.</summary>
    /// <param name="delivery">Which.</param>
    /// <param name="error">Why, in a sentence without secrets.</param>
    /// <param name="retryAfter">How long until the next attempt; null gives it up.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task FailedAsync(ClaimedDelivery delivery, string error, TimeSpan? retryAfter, CancellationToken cancellation) => retryAfter is null
        ? EndAsync(delivery, DeliveryStates.Failed, "failed", error, null, cancellation)
        : EndAsync(delivery, DeliveryStates.Pending, "retried", error, retryAfter, cancellation);

    /// <summary>How long until a delivery may be due; null when none waits.</summary>
    public Task<TimeSpan?> UntilDueAsync(CancellationToken cancellation)
    {
        const string until = """
            SELECT min(greatest(due_at, lease_expires_at)) - now() FROM notification_deliveries
            WHERE status = 'pending' AND receiver_kind = ANY (@Kinds)
            """;
        return database.ExecuteScalarAsync<TimeSpan?>("read time until notification", until, new { Kinds }, cancellation);
    }

    /// <summary>Sends a message to a receiver, enabled or not, to see whether it comes; it is tried once.</summary>
    /// <returns>The delivery's number; null when there is no receiver of this number.</returns>
    public Task<long?> TestAsync(long receiver, MessageText message, CancellationToken cancellation)
    {
        const string test = """
            WITH receiver AS (SELECT id, name, kind FROM notification_receivers WHERE id = @receiver),
            message AS (
                INSERT INTO notification_messages (status, title, body) SELECT 'test', @Title, @Body FROM receiver RETURNING id)
            INSERT INTO notification_deliveries (message_id, receiver_id, receiver_name, receiver_kind)
            SELECT m.id, r.id, r.name, r.kind FROM message m, receiver r RETURNING id
            """;
        return database.QuerySingleOrDefaultAsync<long?>("test notification receiver", test, new { receiver, message.Title, message.Body }, cancellation);
    }

    /// <summary>Waits until a delivery is no longer pending.</summary>
    /// <param name="id">The delivery.</param>
    /// <param name="forNode">How long a node has to begin.</param>
    /// <param name="forReceiver">How long all of it may take.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How it stands then; null when it is gone.</returns>
    public async Task<NotificationDelivery?> WaitAsync(long id, TimeSpan forNode, TimeSpan forReceiver, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        var begun = time.GetTimestamp();
        while (true)
        {
            var delivery = await ReadAsync(id, cancellation);
            var longest = delivery is { Attempts.Count: 0 } ? forNode : forReceiver;
            if (delivery is not { Status: DeliveryStates.Pending } || time.GetElapsedTime(begun) >= longest)
                return delivery;
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Tries a delivery that was given up again, from its first attempt.</summary>
    /// <returns>Whether there is one that was given up, and whose receiver is still there.</returns>
    public async Task<bool> RetryAsync(long id, CancellationToken cancellation)
    {
        const string retry = """
            WITH forgotten AS (
                DELETE FROM notification_attempts a USING notification_deliveries d
                WHERE d.id = @id AND a.delivery_id = d.id AND d.status = 'failed' AND d.receiver_id IS NOT NULL)
            UPDATE notification_deliveries SET status = 'pending', attempts = 0, due_at = now(), lease_expires_at = NULL, completed_at = NULL, error = NULL
            WHERE id = @id AND status = 'failed' AND receiver_id IS NOT NULL
            """;
        return await database.ExecuteAsync("retry notification", retry, new { id }, cancellation) > 0;
    }

    /// <summary>Reads one delivery; null when there is none of this number.</summary>
    public async Task<NotificationDelivery?> ReadAsync(long id, CancellationToken cancellation) =>
        (await ReadAsync($"SELECT {Columns} {From} WHERE d.id = @id", new { id }, cancellation)).SingleOrDefault();

    /// <summary>Reads a page of deliveries, newest first.</summary>
    /// <param name="status">Only those of this state; null for all.</param>
    /// <param name="receiver">Only those to the receiver of this number; null for all.</param>
    /// <param name="before">Only those with a lower number: the last of the page before.</param>
    /// <param name="limit">Deliveries at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<IReadOnlyList<NotificationDelivery>> ReadAsync(string? status, long? receiver, long? before, int limit, CancellationToken cancellation)
    {
        const string page = $"""
            SELECT {Columns} {From}
            WHERE (@status::text IS NULL OR d.status = @status) AND (@receiver::bigint IS NULL OR d.receiver_id = @receiver)
              AND d.id < coalesce(@before, 9223372036854775807)
            ORDER BY d.id DESC LIMIT @limit
            """;
        return ReadAsync(page, new { status, receiver, before, limit }, cancellation);
    }

    private async Task<IReadOnlyList<NotificationDelivery>> ReadAsync(string text, object arguments, CancellationToken cancellation)
    {
        const string attempts = """
            SELECT delivery_id, attempt, node_id AS node, started_at, ended_at, outcome, error
            FROM notification_attempts WHERE delivery_id = ANY (@ids) ORDER BY delivery_id, attempt
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var deliveries = (await connection.QueryAsync<NotificationDelivery>(Sql.Command("read notifications", text, arguments, cancellation))).AsList();
        var ids = deliveries.Select(delivery => delivery.Id).ToArray();
        var made = (await connection.QueryAsync<long, DeliveryAttempt, (long Delivery, DeliveryAttempt Attempt)>(
            Sql.Command("read attempts at notifications", attempts, new { ids }, cancellation), (id, attempt) => (id, attempt), splitOn: "attempt"))
            .ToLookup(one => one.Delivery, one => one.Attempt);
        return [.. deliveries.Select(delivery => delivery with { Attempts = [.. made[delivery.Id]] })];
    }

    // Nothing is changed when the lease was over and another node is at it.
    private Task<int> EndAsync(
        ClaimedDelivery delivery, string status, string outcome, string? error, TimeSpan? wait, CancellationToken cancellation)
    {
        const string end = """
            WITH ended AS (
                UPDATE notification_deliveries SET status = @status, error = @error, lease_expires_at = NULL,
                    due_at = CASE WHEN @wait::interval IS NULL THEN due_at ELSE now() + @wait END,
                    completed_at = CASE WHEN @status <> 'pending' THEN now() END
                WHERE id = @Id AND attempts = @Attempt AND status = 'pending')
            UPDATE notification_attempts SET ended_at = clock_timestamp(), outcome = @outcome, error = @error
            WHERE delivery_id = @Id AND attempt = @Attempt AND ended_at IS NULL
            """;
        return database.ExecuteAsync("end attempt at notification", end, new { delivery.Id, delivery.Attempt, status, outcome, error, wait }, cancellation);
    }
}
