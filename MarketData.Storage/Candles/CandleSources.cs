using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>The providers' names, which candles only number. They are few and never change: each process reads them once.</summary>
internal sealed class CandleSources
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, CandleSources> OfDatabases = [];

    private readonly NpgsqlDataSource _database;
    private volatile Numbers _numbers = new(0);

    private CandleSources(NpgsqlDataSource database) => _database = database;

    /// <summary>The server's timeline when the names were read: a later one may lack some, and have given their numbers to others.</summary>
    public int Timeline => _numbers.Timeline;

    /// <summary>Those of a database.</summary>
    public static CandleSources Of(NpgsqlDataSource database) => OfDatabases.GetValue(database, static database => new CandleSources(database));

    /// <summary>Whether the name is known without asking the database.</summary>
    public bool Knows(short id) => _numbers.Names.ContainsKey(id);

    /// <summary>The name behind a number that is known.</summary>
    public string Name(short id) => _numbers.Names[id];

    /// <summary>Reads the names that have come since.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await ReadAsync(connection, cancellation);
    }

    /// <summary>
    /// The same on a connection that the caller has: with each of a pool's connections held by somebody who waits for another, nobody would get one.
    /// </summary>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string read = $"SELECT t.timeline, s.id, s.name FROM (SELECT {ServerTimeline.Current} AS timeline) t LEFT JOIN candle_sources s ON true";
        var rows = (await connection.QueryAsync<(int Timeline, short? Id, string? Name)>(Sql.Command("read candle sources", read, null, cancellation))).AsList();
        var numbers = _numbers.Timeline == rows[0].Timeline ? _numbers : new Numbers(rows[0].Timeline);
        foreach (var (_, id, name) in rows.Where(row => row.Id is not null))
            (numbers.Names[id!.Value], numbers.Ids[name!]) = (name!, id.Value);
        _numbers = numbers;
    }

    /// <summary>Sees to it that each name has a number. Apart from any transaction, so that what is known here is not rolled back.</summary>
    public async Task AddAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO candle_sources (name) SELECT n FROM unnest(@missing) AS n
            WHERE NOT EXISTS (SELECT FROM candle_sources WHERE name = n) ON CONFLICT DO NOTHING
            """;
        var missing = names.Where(name => !_numbers.Ids.ContainsKey(name)).Distinct().ToArray();
        if (missing.Length == 0)
            return;
        await using (var connection = await _database.OpenConnectionAsync(cancellation))
            await connection.ExecuteAsync(Sql.Command("add candle sources", add, new { missing }, cancellation));
        await ReadAsync(cancellation);
    }

    /// <summary>The number of a name that was added.</summary>
    public short Id(string name) => _numbers.Ids[name];

    private sealed record Numbers(int Timeline)
    {
        public ConcurrentDictionary<string, short> Ids { get; } = new();

        public ConcurrentDictionary<short, string> Names { get; } = new();
    }
}
