namespace MarketData.Storage;

/// <summary>
/// Which history the server writes. A replica that is promoted begins a new one, and may lack the last transactions of the one before; it hands
/// out their numbers again, to others. What was learnt in one history need not hold in the next.
/// </summary>
internal static class ServerTimeline
{
    /// <summary>
    /// Its number in SQL, an <c>integer</c> that is greater after each promotion and each recovery to a point in time; 0 on a replica.
    /// </summary>
    public const string Current =
        "(CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END)";
}
