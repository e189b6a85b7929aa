using MarketData.AppHost.Local.Postgres;

namespace MarketData.Testing;

/// <summary>A private PostgreSQL server that one test may stop, kill and start again, to see what its users make of that.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private readonly PrivatePostgres _server;

    private TestPostgres(PrivatePostgres server) => _server = server;

    /// <summary>Connects to its database, which has the current schema. The same after a stop and a start.</summary>
    public string ConnectionString => _server.ConnectionString("postgres");

    /// <summary>Starts a server of the test's own, with the current schema.</summary>
    public static async Task<TestPostgres> StartNewAsync(CancellationToken cancellation = default)
    {
        var server = await PrivatePostgres.StartAsync(Options() with { Restarts = true }, static _ => { }, cancellation);
        var postgres = new TestPostgres(server);
        await TestSchema.ApplyAsync(postgres.ConnectionString, cancellation);
        return postgres;
    }

    /// <summary>Starts the server again, on the same port with the same data.</summary>
    public Task StartAsync(CancellationToken cancellation = default) => _server.StartAsync(cancellation);

    /// <summary>Shuts the server down in order, breaking off its connections.</summary>
    public Task StopAsync() => _server.StopAsync();

    /// <summary>Kills the server without warning.</summary>
    public Task KillAsync() => _server.KillAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    internal static PrivatePostgresOptions Options() => new(Path.Combine(Path.GetTempPath(), $"marketdata-test-{Guid.NewGuid():N}"))
    {
        Disposable = true,
    };
}
