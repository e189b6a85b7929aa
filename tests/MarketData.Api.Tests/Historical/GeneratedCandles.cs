using Npgsql;

namespace MarketData.Api.Tests.Historical;

/// <summary>Long series, made inside the database so that it is quick.</summary>
internal static class GeneratedCandles
{
    /// <summary>Tracks a crypto pair and gives it this many candles of five minutes from 2015 on, with prices of many digits.</summary>
    public static async Task WriteAsync(NpgsqlDataSource database, string symbol, int count, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO symbols (symbol, asset_class, timeframes) VALUES (@symbol, 'crypto', '{5m}');
            SELECT ensure_candle_partitions('5m', '2015-01-01Z', '2015-01-01Z'::timestamptz + @count * interval '5 minutes');
            INSERT INTO candles (symbol, asset_class, timeframe, ts, open, high, low, close, volume, taker_buy_volume, taker_sell_volume,
                                 source, is_validated, quality_score)
            SELECT @symbol, 'crypto', '5m', '2015-01-01Z'::timestamptz + i * interval '5 minutes',
                   100 + random(), 102 + random(), 99 + random(), 101 + random(), 1000 * random(), 500 * random(), 500 * random(), 'binance', true, 1
            FROM generate_series(0, @count - 1) AS i;
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records)
            SELECT @symbol, '5m', '2015-01-01Z', '2015-01-01Z'::timestamptz + (@count - 1) * interval '5 minutes', @count
            """);
        command.CommandTimeout = 300;
        command.Parameters.AddWithValue("symbol", symbol);
        command.Parameters.AddWithValue("count", count);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
