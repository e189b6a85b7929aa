using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>
/// What a database has stored, series by series and symbol by symbol, and what it says of the work: all but when, by whom and in how many attempts
/// it was done.
/// </summary>
internal sealed class StoredData
{
    private const string Series = "symbol || ' ' || timeframe";

    private const string Jobs = """
        (SELECT symbol, status, step, timeframes, range_from, range_to, records_inserted, lease_owner, error_kind, error_reason, error_message
         FROM enrichment_jobs)
        """;

    private const string Runs = """
        (SELECT trigger, status, asked, symbols_total, symbols_successful, symbols_failed, symbols_cancelled, records_inserted
         FROM enrichment_history)
        """;

    private const string Fetched = """
        (SELECT symbol, timeframe, sum(records_inserted) AS inserted, sum(records_rejected) AS rejected
         FROM enrichment_fetch_log GROUP BY symbol, timeframe)
        """;

    // Each without what tells when, by whom and in how many attempts it was done.
    private static readonly Part[] Parts =
    [
        new("candles", Series, "ts", "recorded_at"),
        new("latest_features", Series, "ts", "computed_at"),
        new("gaps", Series, "gap_start", "detected_at,asked_count,last_asked_at,last_source,next_ask_at"),
        new("data_quality_metrics", Series, "metric_date", "updated_at"),
        new("series", Series, "first_ts", "id,last_fetch_at,feature_epoch,updated_at"),
        new("backfill_state", Series, "start_date", "job_id,retry_count,updated_at"),
        new("corporate_actions", "symbol", "ex_date, kind", "recorded_at"),
        new("corporate_action_reports", "symbol", "ex_date, provider, ratio_to, cash_amount, pay_date", "id,first_seen_at,last_seen_at"),
        new("instrument_facts", "symbol", "fact", "confirmed_at"),
        new("symbol_status", "symbol", "symbol", "updated_at,last_enrichment_time,last_fetch_success,last_compute_success"),
        new("jobs", "symbol", "range_from", "", Jobs),
        new("runs", "trigger", "trigger", "", Runs),
        new("fetched", Series, "symbol", "", Fetched),
    ];

    private static readonly string[] Data =
        ["candles", "features", "latest_features", "gaps", "data_quality_metrics", "series", "corporate_actions"];

    private readonly Dictionary<string, (long Rows, string Hash)> _series;

    private StoredData(Dictionary<string, (long Rows, string Hash)> series) => _series = series;

    /// <summary>Only some of it: the tables whose names begin so.</summary>
    public StoredData Of(params string[] tables) => new(_series
        .Where(one => tables.Any(table => one.Key.StartsWith(table + " ", StringComparison.Ordinal))).ToDictionary());

    /// <summary>Candles in all.</summary>
    public long Candles => _series.Where(one => one.Key.StartsWith("candles ", StringComparison.Ordinal)).Sum(one => one.Value.Rows);

    /// <summary>The data alone, whatever work led to them.</summary>
    public StoredData WithoutWork => new(_series.Where(one => Data.Contains(one.Key.Split(' ')[0])).ToDictionary());

    /// <summary>Rows in all.</summary>
    public long Rows => _series.Values.Sum(one => one.Rows);

    /// <summary>Reads every row.</summary>
    public static async Task<StoredData> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var series = new Dictionary<string, (long Rows, string Hash)>();
        foreach (var part in Parts)
        {
            // What is small is kept as it reads, so that a difference says what it is.
            var sql = $"""
                SELECT {part.Key}, count(*), CASE WHEN count(*) < 3 THEN {part.Text} ELSE md5({part.Text}) END FROM {part.Table} t GROUP BY 1
                """;
            var command = new CommandDefinition(sql, commandTimeout: 300, cancellationToken: cancellation);
            foreach (var (name, rows, hash) in await connection.QueryAsync<(string, long, string)>(command))
                series[$"{part.Name} {name}"] = (rows, hash);
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

    /// <summary>All but what is said of some symbols or runs.</summary>
    public StoredData Without(IReadOnlyCollection<string> names) => new(_series.Where(one => !one.Key.Split(' ').Any(names.Contains)).ToDictionary());

    /// <summary>Asserts that every row is the same, but for a part that is not compared.</summary>
    public void ShouldEqual(StoredData expected, string? except = null)
    {
        var differing = string.Join('\n', _series.Keys.Union(expected._series.Keys)
            .Where(name => except is null || !name.StartsWith(except + " ", StringComparison.Ordinal))
            .Where(name => _series.GetValueOrDefault(name) != expected._series.GetValueOrDefault(name))
            .Select(name => $"{name}: {_series.GetValueOrDefault(name)} instead of {expected._series.GetValueOrDefault(name)}"));
        Assert.True(differing.Length == 0, $"These differ from the fault-free run's:\n{differing}");
    }

    // Rows of a table, those of a key together.
    private sealed record Part(string Name, string Key, string Order, string Without, string? Query = null)
    {
        public string Table => Query ?? Name;

        public string Text => $"string_agg((to_jsonb(t) - string_to_array('{Without}', ','))::text, E'\\n' ORDER BY {Order})";
    }
}
