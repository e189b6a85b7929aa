using Dapper;
using Npgsql;

namespace MarketData.Storage.Notifications;

/// <summary>Of what, and whom, people are told.</summary>
public sealed class RuleStore(NpgsqlDataSource database)
{
    /// <summary>What a <see cref="NotificationRule"/> is read from, of the table as <c>r</c>.</summary>
    internal const string Columns = """
        r.id, r.name, r.occasion, r.watchlist, r.after_minutes, r.remind_hours, r.minimum_score, r.due_by, r.zone, r.timeframe, r.is_enabled,
        r.evaluated_at, r.created_at, r.updated_at, r.updated_by,
        ARRAY(SELECT receiver_id FROM notification_rule_receivers x WHERE x.rule_id = r.id ORDER BY receiver_id) AS receivers,
        (SELECT count(*)::integer FROM notification_incidents i WHERE i.rule_id = r.id AND i.resolved_at IS NULL) AS open
        """;

    private const string Read = $"SELECT {Columns} FROM notification_rules r";

    private const string Receive = "INSERT INTO notification_rule_receivers (rule_id, receiver_id) SELECT @id, unnest(@receivers)";

    /// <summary>Reads all, by name.</summary>
    public Task<IReadOnlyList<NotificationRule>> ReadAllAsync(CancellationToken cancellation) =>
        database.QueryAsync<NotificationRule>("read notification rules", $"{Read} ORDER BY lower(r.name), r.id", null, cancellation);

    /// <summary>Reads one; null when there is none of this number.</summary>
    public Task<NotificationRule?> ReadAsync(long id, CancellationToken cancellation) =>
        database.QuerySingleOrDefaultAsync<NotificationRule>("read notification rule", $"{Read} WHERE r.id = @id", new { id }, cancellation);

    /// <summary>The names of the rules that are about a watchlist.</summary>
    public Task<IReadOnlyList<string>> ReadOfWatchlistAsync(string watchlist, CancellationToken cancellation) => database.QueryAsync<string>(
        "read rules of watchlist", "SELECT name FROM notification_rules WHERE watchlist = @watchlist ORDER BY lower(name)", new { watchlist }, cancellation);

    /// <summary>Makes a rule.</summary>
    /// <returns>The rule; null when another goes by its name.</returns>
    public async Task<NotificationRule?> CreateAsync(RuleTerms request, string? by, CancellationToken cancellation)
    {
        const string create = """
            INSERT INTO notification_rules (
                name, occasion, watchlist, after_minutes, remind_hours, minimum_score, due_by, zone, timeframe, is_enabled, updated_by)
            VALUES (@Name, @Occasion, @Watchlist, @AfterMinutes, @RemindHours, @MinimumScore, @DueBy, @Zone, @Timeframe, @IsEnabled, @by)
            ON CONFLICT (lower(name)) DO NOTHING RETURNING id
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await connection.QuerySingleOrDefaultAsync<long?>(
            Sql.Command("create notification rule", create, Arguments(0, request, by), cancellation, transaction)) is not { } id)
        {
            return null;
        }

        await connection.ExecuteAsync(Sql.Command(
            "add receivers of notification rule", Receive, new { id, receivers = request.Receivers }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return await ReadAsync(id, cancellation);
    }

    /// <summary>
    /// Makes a rule that is there what <paramref name="request"/> says. When it is about something else from now on, what it held of is
    /// forgotten, and told anew where it still holds.
    /// </summary>
    /// <returns>The rule as it is now; null when another goes by its name, or it was deleted.</returns>
    public async Task<NotificationRule?> ChangeAsync(long id, RuleTerms request, string? by, CancellationToken cancellation)
    {
        const string forget = """
            DELETE FROM notification_incidents i USING notification_rules r
            WHERE r.id = @id AND i.rule_id = r.id AND i.resolved_at IS NULL
              AND (r.occasion, r.watchlist, r.minimum_score, r.due_by, r.zone, r.timeframe, r.is_enabled)
                  IS DISTINCT FROM (@Occasion, @Watchlist, @MinimumScore, @DueBy, @Zone, @Timeframe, @IsEnabled)
            """;
        const string change = """
            UPDATE notification_rules SET
                name = @Name, occasion = @Occasion, watchlist = @Watchlist, after_minutes = @AfterMinutes, remind_hours = @RemindHours,
                minimum_score = @MinimumScore, due_by = @DueBy, zone = @Zone, timeframe = @Timeframe, is_enabled = @IsEnabled,
                evaluated_at = NULL, updated_at = now(), updated_by = @by
            WHERE id = @id
            """;
        const string unreceive = "DELETE FROM notification_rule_receivers WHERE rule_id = @id";
        var arguments = Arguments(id, request, by);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // The rule first: whoever evaluates it has its row locked.
        await connection.ExecuteAsync(
            Sql.Command("lock notification rule", "SELECT FROM notification_rules WHERE id = @id FOR UPDATE", new { id }, cancellation, transaction));
        await connection.ExecuteAsync(Sql.Command("forget incidents of rule", forget, arguments, cancellation, transaction));
        try
        {
            if (await connection.ExecuteAsync(Sql.Command("change notification rule", change, arguments, cancellation, transaction)) == 0)
                return null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }

        await connection.ExecuteAsync(Sql.Command("remove receivers of notification rule", unreceive, new { id }, cancellation, transaction));
        await connection.ExecuteAsync(Sql.Command(
            "add receivers of notification rule", Receive, new { id, receivers = request.Receivers }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return await ReadAsync(id, cancellation);
    }

    /// <summary>Deletes a rule, and what it held of.</summary>
    /// <returns>Whether there was one of this number.</returns>
    public async Task<bool> DeleteAsync(long id, CancellationToken cancellation) =>
        await database.ExecuteAsync("delete notification rule", "DELETE FROM notification_rules WHERE id = @id", new { id }, cancellation) > 0;

    private static object Arguments(long id, RuleTerms request, string? by) => new
    {
        id,
        request.Name,
        request.Occasion,
        request.Watchlist,
        request.AfterMinutes,
        request.RemindHours,
        request.MinimumScore,
        request.DueBy,
        request.Zone,
        request.Timeframe,
        request.IsEnabled,
        by,
    };
}
