using Dapper;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Has the weeks that are built of days follow them: the next run builds them again, and finds what they lead to forgotten.
/// </summary>
internal static class WeekRows
{
    // A week that is not there yet is built when its days are there, whatever becomes of them before.
    private const string BuildAgain = """
        WITH stale AS (
            UPDATE series s SET provisional_from = least(s.provisional_from, w.monday), feature_epoch = feature_epoch + 1
            FROM (SELECT date_trunc('week', @date::date::timestamp) AT TIME ZONE 'UTC' AS monday) w, symbols y
            WHERE s.symbol = @symbol AND s.timeframe = '1w' AND s.last_ts >= w.monday AND y.symbol = s.symbol AND y.asset_class <> 'crypto'
            RETURNING s.id, w.monday),
        forgotten AS (DELETE FROM feature_checkpoints c USING stale WHERE c.series_id = stale.id AND c.ts >= stale.monday)
        DELETE FROM latest_features WHERE symbol = @symbol AND timeframe = '1w' AND EXISTS (SELECT FROM stale);
        """;

    /// <summary>After days of the write that are new or changed, from an instant on; null when none are.</summary>
    public static async Task FollowAsync(WriteSession session, DateTime? changedFrom)
    {
        if (session.Write.Interval == BarInterval.OneDay && changedFrom is { } instant)
        {
            await BuildAgainAsync(
                session.Connection, session.Transaction, session.Write.Instrument.Symbol, DateOnly.FromDateTime(instant),
                session.Cancellation);
        }
    }

    /// <summary>Has the weeks from that of a date on built again.</summary>
    public static Task BuildAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Symbol symbol, DateOnly date, CancellationToken cancellation) =>
        connection.ExecuteAsync(
            Sql.Command("have weeks built again", BuildAgain, new { symbol = symbol.Value, date }, cancellation, transaction));
}
