using System.Net.Sockets;
using Npgsql;

namespace MarketData.Storage.Writes;

/// <summary>
/// Why the database cannot be written to, in words. None of it is the fault of what was written: the same write goes through later.
/// </summary>
/// <param name="Kind">
/// <c>disk_full</c>, <c>disk_failing</c>, <c>read_only</c>, <c>restarting</c>, <c>no_connections</c>, <c>upgraded</c>,
/// <c>slow</c>, <c>no_primary</c>, <c>unreachable</c> or <c>refused</c>.
/// </param>
/// <param name="Message">What is the matter, one sentence.</param>
/// <param name="Advice">What to do about it, one sentence.</param>
public sealed record DatabaseTrouble(string Kind, string Message, string Advice)
{
    // The session was silent within a transaction for longer than it may: its node was paused, or the network was away.
    private const string IdleInTransaction = "25P03";

    private const string GoesOn = "everything goes on by itself then.";

    private static readonly DatabaseTrouble DiskFull = new(
        "disk_full", "The disk of the database is full.", $"Make room on the database's disk; {GoesOn}");

    private static readonly DatabaseTrouble DiskFailing = new(
        "disk_failing", "The database cannot write to its disk.", $"Look at the database's log and its disk; {GoesOn}");

    private static readonly DatabaseTrouble ReadOnly = new(
        "read_only",
        "The database is read-only.",
        "Look whether the connection leads to a replica, or default_transaction_read_only is on; make it writable or connect to the primary: "
        + GoesOn);

    private static readonly DatabaseTrouble Restarting = new(
        "restarting", "The database is shutting down or starting, or ended the session.", $"Wait until it has started; {GoesOn}");

    private static readonly DatabaseTrouble NoConnections = new(
        "no_connections", "The database has no connection to spare.", $"Lower Maximum Pool Size or raise max_connections; {GoesOn}");

    // Sessions that have loaded a library go on with it; new ones find another, or none, where it was.
    private static readonly DatabaseTrouble Upgraded = new(
        "upgraded", "The database can't load a part of its own programs: they were changed while it runs.", $"Restart the database server; {GoesOn}");

    private static readonly DatabaseTrouble NoPrimary = new(
        "no_primary",
        "None of the database's servers takes writes at present.",
        $"Promote a replica, or bring the primary back; {GoesOn}");

    private static readonly DatabaseTrouble Unreachable = new(
        "unreachable", "The database cannot be reached.", $"Bring the server or the network back; {GoesOn}");

    /// <summary>What the database said, word for word; null where the message says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>A write that was not done in time.</summary>
    public static DatabaseTrouble Slow { get; } = new(
        "slow", "The database takes too long to answer.", "Look at its load, its locks and its disk.");

    /// <summary>What an exception tells of the database's state; null when it is of something else, such as the statement itself.</summary>
    public static DatabaseTrouble? Of(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState switch
        {
            PostgresErrorCodes.DiskFull => DiskFull,
            PostgresErrorCodes.IoError => DiskFailing,
            PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly,
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or IdleInTransaction => Restarting,
            PostgresErrorCodes.TooManyConnections => NoConnections,
            PostgresErrorCodes.UndefinedFile => Upgraded with { Detail = e.MessageText },
            PostgresErrorCodes.InternalError when e.MessageText.Contains("library", StringComparison.OrdinalIgnoreCase) =>
                Upgraded with { Detail = e.MessageText },
            _ => e.SqlState.StartsWith("08", StringComparison.Ordinal) ? Unreachable : null,
        },
        NpgsqlException { InnerException: TimeoutException } => Slow,
        NpgsqlException { InnerException: IOException or SocketException } => Unreachable,
        // Of several hosts none will do, whatever keeps each of them. Npgsql has no other sign of it where none gave an error.
        NpgsqlException { InnerException: AggregateException } => NoPrimary,
        NpgsqlException { InnerException: null } e when e.Message.StartsWith("No suitable host", StringComparison.Ordinal) => NoPrimary,
        _ => null,
    };
}
