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
            INSERT INTO candle_sources (name) VALUES ('binance') ON CONFLICT DO NOTHING;
            SELECT ensure_bar_partitions('5m', '2015-01-01Z', '2015-01-01Z'::timestamptz + @count * interval '5 minutes', true);
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records)
            SELECT @symbol, '5m', '2015-01-01Z', '2015-01-01Z'::timestamptz + (@count - 1) * interval '5 minutes', @count;
            INSERT INTO bars_5m (series_id, ts, open, high, low, close, volume, source, issues)
            SELECT s.id, '2015-01-01Z'::timestamptz + i * interval '5 minutes',
                   100 + random(), 102 + random(), 99 + random(), 101 + random(), 1000 * random(), k.id, 16384
            FROM generate_series(0, @count - 1) AS i, series s, candle_sources k WHERE s.symbol = @symbol AND k.name = 'binance' ORDER BY 2;
            INSERT INTO microstructure_5m (series_id, ts, taker_buy_volume, taker_sell_volume)
            SELECT b.series_id, b.ts, b.volume / 2, b.volume / 3 FROM bars_5m b JOIN series s ON s.id = b.series_id WHERE s.symbol = @symbol ORDER BY b.ts
            """);
        command.CommandTimeout = 300;
        command.Parameters.AddWithValue("symbol", symbol);
        command.Parameters.AddWithValue("count", count);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
