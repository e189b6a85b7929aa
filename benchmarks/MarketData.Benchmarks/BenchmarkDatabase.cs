using MarketData.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Benchmarks;

/// <summary>A database of a benchmark's own, with the current schema.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly string _administration;
    private readonly string _name;

    private BenchmarkDatabase(string administration, string name, string connectionString)
    {
        (_administration, _name, ConnectionString) = (administration, name, connectionString);
        Source = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>Connects to it.</summary>
    public string ConnectionString { get; }

    /// <summary>Connects to it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Makes one on the run's server.</summary>
    public static async Task<BenchmarkDatabase> CreateAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var server = await bench.ServerAsync(cancellation);
        var name = $"benchmark_{Guid.NewGuid():N}";
        var database = new BenchmarkDatabase(server.ConnectionString("postgres"), name, server.ConnectionString(name));
        await ExecuteAsync(database._administration, $"CREATE DATABASE {name}");
        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(database.ConnectionString, cancellation);
        return database;
    }

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Runs a query for one value.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await ExecuteAsync(_administration, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
