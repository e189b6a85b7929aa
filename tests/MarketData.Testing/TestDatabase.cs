using Npgsql;

namespace MarketData.Testing;

/// <summary>A database of a test's own; disposing drops it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    internal TestDatabase(PostgresServer server, string name, string connectionString)
    {
        _server = server;
        Name = name;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>The database's name on its server.</summary>
    public string Name { get; }

    /// <summary>Connects to it, for a service under test.</summary>
    public string ConnectionString { get; }

    /// <summary>Connects to it, for the test itself.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Whether candles are in TimescaleDB's chunks here, and not in partitions.</summary>
    public async Task<bool> HasTimescaleAsync(CancellationToken cancellation)
    {
        await using var command = DataSource.CreateCommand("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')");
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.ExecuteAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", CancellationToken.None);
    }
}
