using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Benchmarks.Read;

/// <summary>
/// A minimal API without limits, telemetry, keys or caches: it answers every request by one prepared query and writes what the Api writes, byte
/// for byte.
/// </summary>
internal sealed class MinimalHost : IAsyncDisposable
{
    private const string Newest = """
        SELECT b.ts, b.open, b.high, b.low, b.close, b.volume, b.vwap, b.trade_count, k.name, b.issues & 16384 <> 0, candle_score(b.issues)
        FROM bars_5m b JOIN candle_sources k ON k.id = b.source
        WHERE b.series_id = (SELECT id FROM series WHERE symbol = $1 AND timeframe = '5m') AND b.ts >= $2 ORDER BY b.ts DESC LIMIT 101
        """;

    private readonly WebApplication _host;
    private readonly NpgsqlDataSource _database;

    private MinimalHost(WebApplication host, NpgsqlDataSource database)
    {
        (_host, _database) = (host, database);
        Client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
    }

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts one.</summary>
    /// <param name="connectionString">Connects to the database.</param>
    /// <param name="from">Where it looks for the newest hundred candles, so that it need not plan for all of time.</param>
    /// <param name="cursor">The cursor to the page before, which every answer ends with.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public static async Task<MinimalHost> StartAsync(string connectionString, DateTime from, string cursor, CancellationToken cancellation)
    {
        var database = NpgsqlDataSource.Create(connectionString + ";Max Auto Prepare=10;Auto Prepare Min Usages=1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.MapGet("/{symbol}", async (string symbol, HttpContext http) =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            await using var command = database.CreateCommand(Newest);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = symbol });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from });
            await using var rows = await command.ExecuteReaderAsync(http.RequestAborted);
            var candles = new List<Row>(101);
            while (await rows.ReadAsync(http.RequestAborted))
                candles.Add(Row.Read(rows));
            await using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
            json.WriteStartObject();
            json.WriteString("symbol"u8, symbol);
            json.WriteString("timeframe"u8, "5m"u8);
            json.WriteStartArray("candles"u8);
            for (var row = Math.Min(candles.Count, 100) - 1; row >= 0; row--)
                candles[row].Write(json);
            json.WriteEndArray();
            json.WriteString("next_cursor"u8, candles.Count > 100 ? cursor : null);
            json.WriteEndObject();
        });
        await host.StartAsync(cancellation);
        return new MinimalHost(host, database);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    private readonly record struct Row(
        DateTime Timestamp, double Open, double High, double Low, double Close, double Volume, double? Vwap, long? TradeCount, string Source,
        bool IsValidated, double Score)
    {
        public static Row Read(NpgsqlDataReader row) => new(
            row.GetDateTime(0), row.GetDouble(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5),
            row.IsDBNull(6) ? null : row.GetDouble(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.GetString(8), row.GetBoolean(9), row.GetDouble(10));

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("timestamp"u8, Timestamp);
            json.WriteNumber("open"u8, Open);
            json.WriteNumber("high"u8, High);
            json.WriteNumber("low"u8, Low);
            json.WriteNumber("close"u8, Close);
            json.WriteNumber("volume"u8, Volume);
            if (Vwap is { } vwap)
                json.WriteNumber("vwap"u8, vwap);
            else
                json.WriteNull("vwap"u8);
            if (TradeCount is { } count)
                json.WriteNumber("trade_count"u8, count);
            else
                json.WriteNull("trade_count"u8);
            json.WriteString("source"u8, Source);
            json.WriteBoolean("is_validated"u8, IsValidated);
            json.WriteNumber("quality_score"u8, Score);
            json.WriteStartArray("validation_notes"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
