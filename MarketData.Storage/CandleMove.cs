using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// Moves candles from the wide tables of former versions into the narrow ones, a series a transaction. Until the script after it makes the
/// switch, the wide ones are as they were, for everybody who reads them; what is written to them meanwhile is moved again. Broken off, it goes
/// on with the series that are left.
/// </summary>
internal sealed partial class CandleMove(string connectionString, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

    /// <summary>Moves what is left; nothing when the switch has been made.</summary>
    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string due = "SELECT to_regprocedure('move_next_series()') IS NOT NULL";
        if (!await connection.ExecuteScalarAsync<bool>(Sql.Command("look for candles to move", due, null, cancellation)))
            return;
        await MoveAllAsync(connection, cancellation);
        await ComputeAllAsync(connection, cancellation);
    }

    private async Task MoveAllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (reportedAt, moved) = (time.GetTimestamp(), 0);
        while (true)
        {
            await using var command = Sql.Command("move candles of next series", "SELECT symbol, timeframe, remaining FROM move_next_series()", connection);
            command.CommandTimeout = 0;
            await using var row = await command.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation))
                break;
            moved++;
            if (time.GetElapsedTime(reportedAt) < ReportEvery)
                continue;
            LogMoved(moved, row.GetInt64(2), row.GetString(0), row.GetString(1));
            reportedAt = time.GetTimestamp();
        }

        if (moved > 0)
            LogMovedAll(moved);
    }

    // So that the first reads after the switch need not walk whole series, and the newest values are there.
    private async Task ComputeAllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string all = """
            SELECT s.symbol, y.asset_class, s.timeframe FROM series s JOIN symbols y ON y.symbol = s.symbol
            WHERE s.last_ts IS NOT NULL ORDER BY s.timeframe <> '1d', s.id
            """;
        var series = (await connection.QueryAsync<(string Symbol, string AssetClass, string Timeframe)>(
            Sql.Command("list series", all, null, cancellation))).AsList();
        await using var database = NpgsqlDataSource.Create(connectionString);
        var (features, reportedAt) = (new FeatureStore(database), time.GetTimestamp());
        for (var i = 0; i < series.Count; i++)
        {
            var instrument = new Instrument(Symbol.Parse(series[i].Symbol), AssetClassNames.Parse(series[i].AssetClass));
            await features.CatchUpAsync(instrument, BarIntervals.Parse(series[i].Timeframe), null, null, cancellation);
            if (time.GetElapsedTime(reportedAt) < ReportEvery)
                continue;
            LogComputed(i + 1, series.Count);
            reportedAt = time.GetTimestamp();
        }
    }

    [LoggerMessage(LogLevel.Information, "Moved the candles of {Moved} series, {Remaining} to go; the last was {Symbol} {Timeframe}")]
    private partial void LogMoved(int moved, long remaining, string symbol, string timeframe);

    [LoggerMessage(LogLevel.Information, "Moved the candles of {Moved} series; the wide tables go now")]
    private partial void LogMovedAll(int moved);

    [LoggerMessage(LogLevel.Information, "Computed the features of {Computed} of {Total} series")]
    private partial void LogComputed(int computed, int total);
}
