using System.Globalization;
using Npgsql;

namespace MarketData.Testing;

/// <summary>
/// The PostgreSQL server of a test assembly: the one in <c>ConnectionStrings__marketdata</c> when that is set, else a private one that
/// lives as long as the assembly's tests. Register it with <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c> and take it as a
/// constructor parameter of a test class or fixture.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _template = $"marketdata_test_{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..6]}";
    private readonly SemaphoreSlim _gate = new(1, 1);
    private PrivatePostgres? _private;
    private string _connectionString = "";
    private bool _templateReady;
    private int _databases;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("ConnectionStrings__marketdata") is { Length: > 0 } configured)
        {
            _connectionString = configured;
            return;
        }

        _private = await PrivatePostgres.StartNewAsync(ScratchDirectory.Create("marketdata-postgres-"), TestContext.Current.CancellationToken);
        _connectionString = _private.ConnectionString("postgres");
    }

    /// <summary>A fresh database with the current schema, for one test or one collection of tests.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellation = default)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (!_templateReady)
                await CreateTemplateAsync(cancellation);
            // One at a time: PostgreSQL does not copy a template that another session is connected to, as a copy in progress is.
            return await CopyAsync(_template, cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A fresh database with nothing in it, for tests of the migrations themselves.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync(CancellationToken cancellation = default) => CopyAsync("template0", cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_private is not null)
            await _private.DisposeAsync();
        else if (_templateReady)
            await ExecuteAsync($"DROP DATABASE IF EXISTS {_template} WITH (FORCE)", CancellationToken.None);
        _gate.Dispose();
    }

    internal async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(Connect(null));
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task CreateTemplateAsync(CancellationToken cancellation)
    {
        await ExecuteAsync($"CREATE DATABASE {_template} TEMPLATE template0", cancellation);
        await TestSchema.ApplyAsync(Connect(_template), cancellation);
        _templateReady = true;
    }

    private async Task<TestDatabase> CopyAsync(string template, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_template}_{Interlocked.Increment(ref _databases)}");
        // By files: the other way, page by page through the log, takes four times the processor time, for each of some hundred tests.
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy", cancellation);
        return new TestDatabase(this, name, Connect(name, pooling: true));
    }

    // Template and administration go without a pool: an idle pooled connection would keep a template from being copied.
    private string Connect(string? database, bool pooling = false)
    {
        var connection = new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = pooling };
        if (database is not null)
            connection.Database = database;
        return connection.ConnectionString;
    }
}
