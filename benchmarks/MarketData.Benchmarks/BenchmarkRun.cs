using MarketData.Testing;
using Npgsql;

namespace MarketData.Benchmarks;

/// <summary>One run of the benchmarks: its options, and the PostgreSQL that it starts when the first of them wants one.</summary>
internal sealed class BenchmarkRun(BenchmarkOptions options) : IAsyncDisposable
{
    private PrivatePostgres? _server;

    /// <summary>What was asked for.</summary>
    public BenchmarkOptions Options { get; } = options;

    /// <summary>The server, with its usual settings; it and its data are gone when the run ends.</summary>
    public async Task<PrivatePostgres> ServerAsync(CancellationToken cancellation) =>
        _server ??= await PrivatePostgres.StartNewAsync(Directory.CreateTempSubdirectory("marketdata-postgres-"), cancellation);

    /// <summary>What candles are in there: <c>timescaledb</c> where the server has it, else <c>partitions</c>.</summary>
    public async Task<string> EngineAsync(CancellationToken cancellation)
    {
        await using var server = NpgsqlDataSource.Create((await ServerAsync(cancellation)).ConnectionString("postgres"));
        await using var command = server.CreateCommand("SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'");
        return (long)(await command.ExecuteScalarAsync(cancellation))! > 0 ? "timescaledb" : "partitions";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
