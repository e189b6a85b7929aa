using Dapper;
using Npgsql;

namespace MarketData.Storage.Events;

/// <summary>Reads events in an order that loses none: see <see cref="EventPosition"/>.</summary>
public sealed class EventReader(NpgsqlDataSource database)
{
    /// <summary>The NOTIFY channel that says that there are new events.</summary>
    public const string Channel = "marketdata_events";

    // A connection that leads nowhere is noticed that long after the next look.
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens a session that listens to <see cref="Channel"/>.</summary>
    public Task<ListeningSession> ListenAsync(CancellationToken cancellation) =>
        ListeningSession.OpenAsync(database, Channel, "listen for events", cancellation);

    /// <summary>The position after everything that has happened so far.</summary>
    public static async Task<EventPosition> ReadPositionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string position = $"SELECT {ServerTimeline.Current}, pg_current_snapshot()::text";
        var (timeline, snapshot) = await connection.QuerySingleAsync<(int, string)>(
            Sql.Command("read event position", position, null, cancellation));
        return EventPosition.After(timeline, snapshot);
    }

    /// <summary>The same, on a connection of its own.</summary>
    public async Task<EventPosition> ReadPositionAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadPositionAsync(connection, cancellation);
    }

    /// <summary>Reads everything that became visible since a snapshot, and the snapshot to go on from.</summary>
    public static async Task<(IReadOnlyList<StoredEvent> Events, EventPosition Next)> ReadSinceAsync(
        NpgsqlConnection connection, EventPosition position, CancellationToken cancellation)
    {
        // One statement, so that the snapshot returned is the one that the events were read in.
        const string since = """
            SELECT pg_current_snapshot()::text AS snapshot, e.id, e.xid, e.kind, e.payload, e.symbol, e.timeframe
            FROM (SELECT) always
            LEFT JOIN (
                SELECT id, xid::text::bigint AS xid, kind, payload::text AS payload, payload->>'symbol' AS symbol, payload->>'timeframe' AS timeframe
                FROM events
                WHERE xid >= pg_snapshot_xmin(@seen::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, @seen::text::pg_snapshot)) e ON true
            ORDER BY e.id
            """;
        var rows = (await connection.QueryAsync<(string Snapshot, long? Id, long? Xid, string? Kind, string? Payload, string? Symbol, string? Timeframe)>(
            Sql.Command("read events since position", since, new { seen = position.Seen }, cancellation, timeout: LookTimeout))).AsList();
        var events = rows.Where(row => row.Id is not null).Select(row => new StoredEvent
        {
            Id = row.Id!.Value,
            Xid = row.Xid!.Value,
            Kind = row.Kind!,
            Payload = row.Payload!,
            Symbol = row.Symbol,
            Timeframe = row.Timeframe,
        });
        return ([.. events], EventPosition.After(position.Timeline, rows[0].Snapshot));
    }

    /// <summary>
    /// Reads what a listener missed: up to <paramref name="limit"/> events that are visible at
    /// <paramref name="until"/> but that it has not read.
    /// </summary>
    /// <param name="position">How far the listener has read.</param>
    /// <param name="until">A position between batches.</param>
    /// <param name="limit">Events at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadMissedAsync(
        EventPosition position, EventPosition until, int limit, CancellationToken cancellation)
    {
        const string missed = """
            SELECT id, xid::text::bigint AS xid, kind, payload::text AS payload, payload->>'symbol' AS symbol, payload->>'timeframe' AS timeframe
            FROM events
            WHERE xid >= pg_snapshot_xmin(@seen::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, @seen::text::pg_snapshot)
              AND pg_visible_in_snapshot(xid, @until::text::pg_snapshot)
              AND NOT (id <= @lastRead AND pg_visible_in_snapshot(xid, @reading::text::pg_snapshot))
            ORDER BY id LIMIT @limit
            """;
        var arguments = new { seen = position.Seen, until = until.Seen, position.LastRead, reading = position.Reading ?? position.Seen, limit };
        return await database.QueryAsync<StoredEvent>("read missed events", missed, arguments, cancellation);
    }

    /// <summary>
    /// Whether a position is of another history than that which the database has: from before it was made anew or failed over. It means nothing.
    /// </summary>
    public static bool IsFromElsewhere(EventPosition position, EventPosition now)
    {
        ArgumentNullException.ThrowIfNull(position);
        ArgumentNullException.ThrowIfNull(now);
        return position.Timeline != now.Timeline || NextXid(position.Reading ?? position.Seen) > NextXid(now.Seen);
    }

    private static long NextXid(string snapshot) => long.Parse(snapshot.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
}
