using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>The providers' names, which candles only number. They are few and never change: each process reads them once.</summary>
internal sealed class CandleSources
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, CandleSources> OfDatabases = [];

    private readonly ConcurrentDictionary<string, short> _ids = new();
    private readonly ConcurrentDictionary<short, string> _names = new();
    private readonly NpgsqlDataSource _database;

    private CandleSources(NpgsqlDataSource database) => _database = database;

    /// <summary>Those of a database.</summary>
    public static CandleSources Of(NpgsqlDataSource database) => OfDatabases.GetValue(database, static database => new CandleSources(database));

    /// <summary>Whether the name is known without asking the database.</summary>
    public bool Knows(short id) => _names.ContainsKey(id);

    /// <summary>The name behind a number that is known.</summary>
    public string Name(short id) => _names[id];

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
        foreach (var (id, name) in await connection.QueryAsync<(short Id, string Name)>(
            Sql.Command("read candle sources", "SELECT id, name FROM candle_sources", null, cancellation)))
            (_names[id], _ids[name]) = (name, id);
    }

    /// <summary>Sees to it that each name has a number. Apart from any transaction, so that what is known here is not rolled back.</summary>
    public async Task AddAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO candle_sources (name) SELECT n FROM unnest(@missing) AS n
            WHERE NOT EXISTS (SELECT FROM candle_sources WHERE name = n) ON CONFLICT DO NOTHING
            """;
        var missing = names.Where(name => !_ids.ContainsKey(name)).Distinct().ToArray();
        if (missing.Length == 0)
            return;
        await using (var connection = await _database.OpenConnectionAsync(cancellation))
            await connection.ExecuteAsync(Sql.Command("add candle sources", add, new { missing }, cancellation));
        await ReadAsync(cancellation);
    }

    /// <summary>The number of a name that was added.</summary>
    public short Id(string name) => _ids[name];
}
