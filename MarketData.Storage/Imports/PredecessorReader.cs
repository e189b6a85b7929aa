using System.Runtime.CompilerServices;
using Dapper;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Imports;

/// <summary>
/// Reads the candles of the predecessor, the Market Data Warehouse API, from its own database: the table <c>market_data</c>, or
/// <c>market_data_v2</c>, of which the latest revision of each candle counts. Nothing is written there.
/// </summary>
public sealed class PredecessorReader(NpgsqlDataSource database)
{
    private const string First = "market_data";
    private const string Second = "market_data_v2";
    private static readonly string[] Values =
    [
        "open", "high", "low", "close", "volume", "open_interest", "funding_rate", "long_short_ratio", "liquidations_long", "liquidations_short",
        "taker_buy_volume", "taker_sell_volume",
    ];

    /// <summary>The tables that it reads.</summary>
    public static IReadOnlyList<string> Tables => [First, Second];

    /// <summary>The tables that are there and hold candles.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellation)
    {
        var found = new List<string>();
        foreach (var table in Tables)
        {
            if (await database.ExecuteScalarAsync<bool>(
                    "look for table of predecessor", "SELECT to_regclass(@table) IS NOT NULL", new { table }, cancellation)
                && await database.ExecuteScalarAsync<bool>(
                    "look for candles of predecessor", $"SELECT EXISTS (SELECT FROM {table})", null, cancellation))
                found.Add(table);
        }

        return found;
    }

    /// <summary>Reads a table, in order of symbol, interval and time.</summary>
    /// <param name="table">One of <see cref="Tables"/>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public async IAsyncEnumerable<PredecessorRow> ReadAsync(string table, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!Tables.Contains(table))
            throw new ArgumentException($"There is no table {table} that can be read.", nameof(table));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        const string named = "SELECT column_name FROM information_schema.columns WHERE table_name = @table AND table_schema = ANY (current_schemas(false))";
        var columns = (await connection.QueryAsync<string>(Sql.Command("read columns of predecessor", named, new { table }, cancellation))).ToHashSet();
        await using var command = Sql.Command("read candles of predecessor", Select(table, columns), connection);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            yield return Read(row);
    }

    // Tables of before intervals were told apart hold days.
    private static string Select(string table, HashSet<string> columns)
    {
        var time = columns.Contains("timestamp") ? "\"timestamp\"" : "\"time\"";
        var timeframe = columns.Contains("timeframe") ? "coalesce(timeframe, '1d')" : "'1d'";
        var values = string.Join(", ", Values.Select(name => columns.Contains(name) ? $"{name}::float8" : "NULL::float8"));
        return columns.Contains("revision")
            ? $"SELECT DISTINCT ON (symbol, {timeframe}, {time}) symbol, {timeframe}, {time}, {values} FROM {table} ORDER BY symbol, {timeframe}, {time}, revision DESC"
            : $"SELECT symbol, {timeframe}, {time}, {values} FROM {table} ORDER BY symbol, {timeframe}, {time}";
    }

    private static PredecessorRow Read(NpgsqlDataReader row)
    {
        var candle = new Candle
        {
            Timestamp = DateTime.SpecifyKind(row.GetDateTime(2), DateTimeKind.Utc),
            Open = Number(row, 3),
            High = Number(row, 4),
            Low = Number(row, 5),
            Close = Number(row, 6),
            Volume = row.IsDBNull(7) ? 0 : row.GetDouble(7),
            OpenInterest = Number(row, 8),
            FundingRate = Number(row, 9),
            LongShortRatio = Number(row, 10),
            LongLiquidations = Number(row, 11),
            ShortLiquidations = Number(row, 12),
            TakerBuyVolume = Number(row, 13),
            TakerSellVolume = Number(row, 14),
        };
        return new PredecessorRow(row.GetString(0), row.GetString(1), candle);
    }

    private static double Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);
}
