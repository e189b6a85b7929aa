using System.Text.Json;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Notifications;

/// <summary>
/// Follows the rules: what each holds of, since when, and what people were told of it. A rule is followed by one node at a time, and what it
/// comes to is committed together with the messages that tell of it: a node's death neither loses nor doubles one.
/// </summary>
public sealed class IncidentStore(NpgsqlDataSource database)
{
    // As many as a message carries; all are counted.
    private const int MostSubjects = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads what rules hold of now, the newest first.</summary>
    public Task<IReadOnlyList<NotificationIncident>> ReadOpenAsync(int limit, CancellationToken cancellation)
    {
        const string open = """
            SELECT i.id, i.rule_id, r.name AS rule, r.occasion, i.label, i.detail, i.since, i.told_at
            FROM notification_incidents i JOIN notification_rules r ON r.id = i.rule_id
            WHERE i.resolved_at IS NULL ORDER BY i.since DESC, i.label COLLATE "C", i.id LIMIT @limit
            """;
        return database.QueryAsync<NotificationIncident>("read open incidents", open, new { limit }, cancellation);
    }

    /// <summary>Follows every rule that nobody has followed for a while, and writes the messages that there are to send.</summary>
    /// <param name="interval">How long a rule is left alone after it was followed.</param>
    /// <param name="grouping">How long after a message of a rule whatever else begins is collected for the next one.</param>
    /// <param name="compose">Puts news into words.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task FollowAsync(TimeSpan interval, TimeSpan grouping, Func<RuleNews, MessageText> compose, CancellationToken cancellation)
    {
        const string due = """
            SELECT id FROM notification_rules
            WHERE is_enabled AND occasion = ANY (@occasions) AND (evaluated_at IS NULL OR evaluated_at <= now() - @interval) ORDER BY id
            """;
        // A rule about what only a newer version knows is followed by a newer node.
        string[] occasions = [.. Occasions.All];
        foreach (var id in await database.QueryAsync<long>("find rules to follow", due, new { interval, occasions }, cancellation))
            await FollowAsync(id, interval, grouping, compose, cancellation);
    }

    private async Task FollowAsync(long id, TimeSpan interval, TimeSpan grouping, Func<RuleNews, MessageText> compose, CancellationToken cancellation)
    {
        // A node that stalls while it has the row's lock would keep the rule from all others: the server ends its session.
        const string claim = $"""
            SELECT set_config('idle_in_transaction_session_timeout', '15s', true);
            SELECT now();
            SELECT {RuleStore.Columns} FROM notification_rules r
            WHERE r.id = @id AND r.is_enabled AND (r.evaluated_at IS NULL OR r.evaluated_at <= now() - @interval) FOR UPDATE OF r SKIP LOCKED;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (rule, now) = await ClaimAsync();
        if (rule is null)
            return;
        await NoteAsync(connection, transaction, rule, await OccasionReader.ReadAsync(connection, transaction, rule, now, cancellation), cancellation);
        await TellEndAsync(connection, transaction, rule, grouping, compose, cancellation);
        await TellBeginningAsync(connection, transaction, rule, grouping, compose, cancellation);
        if (rule.RemindHours is not null)
            await RemindAsync(connection, transaction, rule, grouping, compose, cancellation);
        await connection.ExecuteAsync(
            Sql.Command("note that rule was followed", "UPDATE notification_rules SET evaluated_at = now() WHERE id = @id", new { id }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);

        async Task<(NotificationRule? Rule, DateTime Now)> ClaimAsync()
        {
            await using var results = await connection.QueryMultipleAsync(
                Sql.Command("claim rule to follow", claim, new { id, interval }, cancellation, transaction));
            await results.ReadAsync();
            var instant = await results.ReadSingleAsync<DateTime>();
            return (await results.ReadSingleOrDefaultAsync<NotificationRule>(), instant);
        }
    }

    // What comes back before its end was told has not ended. What was never told is forgotten when it is over.
    private static async Task NoteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NotificationRule rule, IReadOnlyList<Subject> subjects, CancellationToken cancellation)
    {
        const string reopen = """
            UPDATE notification_incidents SET resolved_at = NULL
            WHERE rule_id = @Id AND resolved_at IS NOT NULL AND end_told_at IS NULL AND subject = ANY (@keys)
            """;
        const string note = """
            WITH gone AS (
                DELETE FROM notification_incidents WHERE rule_id = @Id AND resolved_at IS NULL AND told_at IS NULL AND subject <> ALL (@keys)),
            over AS (
                UPDATE notification_incidents SET resolved_at = now()
                WHERE rule_id = @Id AND resolved_at IS NULL AND told_at IS NOT NULL AND subject <> ALL (@keys))
            INSERT INTO notification_incidents AS i (rule_id, subject, label, detail, since)
            SELECT @Id, subject, label, detail, least(since, now()) FROM unnest(@keys, @labels, @details, @since) AS g (subject, label, detail, since)
            ON CONFLICT (rule_id, subject) WHERE resolved_at IS NULL DO UPDATE SET label = excluded.label, detail = excluded.detail
                WHERE (i.label, i.detail) IS DISTINCT FROM (excluded.label, excluded.detail)
            """;
        var arguments = new
        {
            rule.Id,
            keys = subjects.Select(subject => subject.Key).ToArray(),
            labels = subjects.Select(subject => subject.Label).ToArray(),
            details = subjects.Select(subject => subject.Detail).ToArray(),
            since = subjects.Select(subject => subject.Since).ToArray(),
        };
        await connection.ExecuteAsync(Sql.Command("reopen incidents", reopen, arguments, cancellation, transaction));
        await connection.ExecuteAsync(Sql.Command("note incidents", note, arguments, cancellation, transaction));
    }

    private static async Task TellBeginningAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NotificationRule rule, TimeSpan grouping, Func<RuleNews, MessageText> compose,
        CancellationToken cancellation)
    {
        const string begun = """
            UPDATE notification_incidents SET told_at = now()
            WHERE rule_id = @Id AND resolved_at IS NULL AND told_at IS NULL AND since <= now() - make_interval(mins => @AfterMinutes)
              AND NOT EXISTS (SELECT FROM notification_messages m WHERE m.rule_id = @Id AND m.status = 'firing' AND m.created_at > now() - @grouping)
            RETURNING subject AS key, label, detail, since
            """;
        await TellAsync(connection, transaction, "tell beginning of incidents", begun, rule, isOver: false, grouping, compose, cancellation);
    }

    // Once one of them is due, all that last are told together. What has begun within this transaction was told by it.
    private static async Task RemindAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NotificationRule rule, TimeSpan grouping, Func<RuleNews, MessageText> compose,
        CancellationToken cancellation)
    {
        const string lasting = """
            UPDATE notification_incidents SET reminded_at = now()
            WHERE rule_id = @Id AND resolved_at IS NULL AND told_at < now()
              AND EXISTS (SELECT FROM notification_incidents o
                          WHERE o.rule_id = @Id AND o.resolved_at IS NULL AND coalesce(o.reminded_at, o.told_at) <= now() - make_interval(hours => @RemindHours))
            RETURNING subject AS key, label, detail, since
            """;
        await TellAsync(
            connection, transaction, "remind of incidents", lasting, rule, isOver: false, grouping, compose, cancellation, isReminder: true);
    }

    // One message when all is over, unless that takes long.
    private static async Task TellEndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NotificationRule rule, TimeSpan grouping, Func<RuleNews, MessageText> compose,
        CancellationToken cancellation)
    {
        const string over = """
            UPDATE notification_incidents SET end_told_at = now()
            WHERE rule_id = @Id AND resolved_at IS NOT NULL AND end_told_at IS NULL
              AND (NOT EXISTS (SELECT FROM notification_incidents o WHERE o.rule_id = @Id AND o.resolved_at IS NULL AND o.told_at IS NOT NULL)
                   OR EXISTS (SELECT FROM notification_incidents o
                              WHERE o.rule_id = @Id AND o.resolved_at <= now() - @grouping AND o.end_told_at IS NULL))
            RETURNING subject AS key, label, detail, since
            """;
        await TellAsync(connection, transaction, "tell end of incidents", over, rule, isOver: true, grouping, compose, cancellation);
    }

    private static async Task TellAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string name, string text, NotificationRule rule, bool isOver, TimeSpan grouping,
        Func<RuleNews, MessageText> compose, CancellationToken cancellation, bool isReminder = false)
    {
        const string stillOpen = """
            SELECT count(*)::integer FROM notification_incidents WHERE rule_id = @Id AND resolved_at IS NULL AND told_at < now()
            """;
        const string write = """
            WITH message AS (
                INSERT INTO notification_messages (rule_id, rule_name, occasion, status, title, body, subjects, total)
                VALUES (@Id, @Name, @Occasion, @status, @Title, @Body, @subjects::jsonb, @total) RETURNING id)
            INSERT INTO notification_deliveries (message_id, rule_id, receiver_id, receiver_name, receiver_kind)
            SELECT m.id, @Id, r.id, r.name, r.kind
            FROM message m, notification_rule_receivers x JOIN notification_receivers r ON r.id = x.receiver_id
            WHERE x.rule_id = @Id AND r.is_enabled
            """;
        var subjects = (await connection.QueryAsync<Subject>(
            Sql.Command(name, text, new { rule.Id, rule.AfterMinutes, rule.RemindHours, grouping }, cancellation, transaction)))
            .OrderBy(subject => subject.Label, StringComparer.Ordinal).ToList();
        if (subjects.Count == 0)
            return;
        var open = isReminder ? 0
            : await connection.ExecuteScalarAsync<int>(Sql.Command("count open incidents", stillOpen, new { rule.Id }, cancellation, transaction));
        var message = compose(new(rule, isOver, subjects, open, isReminder));
        var arguments = new
        {
            rule.Id,
            rule.Name,
            rule.Occasion,
            status = isOver ? "resolved" : "firing",
            message.Title,
            message.Body,
            subjects = JsonSerializer.Serialize(subjects.Take(MostSubjects), Json),
            total = subjects.Count,
        };
        await connection.ExecuteAsync(Sql.Command("write notification", write, arguments, cancellation, transaction));
    }
}
