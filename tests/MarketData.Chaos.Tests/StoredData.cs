using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>What a database has stored, series by series, but for when it was written.</summary>
internal sealed class StoredData
{
    private readonly Dictionary<string, (long Rows, string Hash)> _series;

    private StoredData(Dictionary<string, (long Rows, string Hash)> series) => _series = series;

    /// <summary>Candles in all.</summary>
    public long Candles => _series.Where(one => one.Key.StartsWith("candles ", StringComparison.Ordinal)).Sum(one => one.Value.Rows);

    /// <summary>Rows in all.</summary>
    public long Rows => _series.Values.Sum(one => one.Rows);

    /// <summary>Reads every row of the tables that hold data.</summary>
    public static async Task<StoredData> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var series = new Dictionary<string, (long Rows, string Hash)>();
        foreach (var (table, without, order) in ((string, string, string)[])
            [("candles", "recorded_at", "ts"), ("latest_features", "computed_at", "ts"),
             ("gaps", "detected_at,asked_count,last_asked_at,last_source,next_ask_at", "gap_start"), ("data_quality_metrics", "updated_at", "metric_date")])
        {
            var sql = $"""
                SELECT symbol || ' ' || timeframe, count(*), md5(string_agg((to_jsonb(t) - string_to_array('{without}', ','))::text, E'\n' ORDER BY {order}))
                FROM {table} t GROUP BY symbol, timeframe
                """;
            foreach (var (name, rows, hash) in await connection.QueryAsync<(string, long, string)>(new CommandDefinition(sql, commandTimeout: 300, cancellationToken: cancellation)))
                series[$"{table} {name}"] = (rows, hash);
        }

        foreach (var name in series.Keys.Where(name => name.StartsWith("candles ", StringComparison.Ordinal)).ToList())
            series["features of " + name] = await FeaturesAsync(database, name.Split(' ')[1], name.Split(' ')[2], cancellation);
        return new StoredData(series);
    }

    // As clients are given them, from the checkpoints that are there.
    private static async Task<(long Rows, string Hash)> FeaturesAsync(
        NpgsqlDataSource database, string symbol, string timeframe, CancellationToken cancellation)
    {
        var reader = new CandleReader(database);
        var series = await reader.FindAsync(Symbol.Parse(symbol), BarIntervals.Parse(timeframe), cancellation);
        var middle = series!.First + (series.Last - series.First) / 2;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = 0L;
        foreach (var from in (DateTime?[])[null, middle])
        {
            var query = new CandleQuery { Instrument = series.Instrument, Interval = BarIntervals.Parse(timeframe), From = from, Features = true, Values = false, Adjusted = true };
            await foreach (var batch in reader.StreamAsync(query, series, 1000, cancellation))
            {
                rows += batch.Count;
                foreach (var column in batch.Columns.Where(column => column.Kind == BatchColumnKind.Number))
                    hash.AppendData(MemoryMarshal.AsBytes(column.Numbers.AsSpan(0, batch.Count)));
            }
        }

        return (rows, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Asserts that every row is the same.</summary>
    public void ShouldEqual(StoredData expected)
    {
        var differing = string.Join('\n', _series.Keys.Union(expected._series.Keys)
            .Where(name => _series.GetValueOrDefault(name) != expected._series.GetValueOrDefault(name))
            .Select(name => $"{name}: {_series.GetValueOrDefault(name)} instead of {expected._series.GetValueOrDefault(name)}"));
        Assert.True(differing.Length == 0, $"These differ from the fault-free run's:\n{differing}");
    }
}
