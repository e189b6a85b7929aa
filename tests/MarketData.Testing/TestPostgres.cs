using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace MarketData.Testing;

/// <summary>A private PostgreSQL server that one test may stop, kill and start again, to see what its users make of that.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private readonly PrivatePostgres _server;
    private bool _frozen;

    private TestPostgres(PrivatePostgres server) => _server = server;

    /// <summary>Connects to its database, which has the current schema. The same after a stop and a start.</summary>
    public string ConnectionString => _server.ConnectionString("postgres");

    /// <summary>Starts a server of the test's own, with the current schema.</summary>
    public static Task<TestPostgres> StartNewAsync(CancellationToken cancellation = default) =>
        StartNewAsync(new Dictionary<string, string>(), cancellation);

    /// <summary>The same, with something in its processes' environment beside what they inherit.</summary>
    public static async Task<TestPostgres> StartNewAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellation = default)
    {
        var directory = ScratchDirectory.Create("marketdata-postgres-");
        var postgres = new TestPostgres(await PrivatePostgres.StartNewAsync(directory, cancellation, environment));
        await TestSchema.ApplyAsync(postgres.ConnectionString, cancellation);
        return postgres;
    }

    /// <summary>Makes another database with the current schema.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation = default)
    {
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0", cancellation);
        await TestSchema.ApplyAsync(_server.ConnectionString(name), cancellation);
        return _server.ConnectionString(name);
    }

    /// <summary>Sets one of the server's settings, which takes effect at once.</summary>
    public async Task SetAsync(string setting, string value, CancellationToken cancellation = default)
    {
        await ExecuteAsync($"ALTER SYSTEM SET {setting} = '{value}'", cancellation);
        await ExecuteAsync("SELECT pg_reload_conf()", cancellation);
    }

    /// <summary>Starts a replica of it, a server of its own that streams its log.</summary>
    public async Task<TestPostgres> StartReplicaAsync(CancellationToken cancellation = default) =>
        new(await _server.StartReplicaAsync(ScratchDirectory.Create("marketdata-replica-"), cancellation));

    /// <summary>Starts the server again, on the same port with the same data.</summary>
    public Task StartAsync(CancellationToken cancellation = default) => _server.StartAsync(cancellation);

    /// <summary>Shuts the server down in order, breaking off its connections.</summary>
    public Task StopAsync() => _server.StopAsync();

    /// <summary>Kills the server without warning.</summary>
    public Task KillAsync() => _server.KillAsync();

    /// <summary>
    /// Halts every process of the server (SIGSTOP): it takes connections, for the system does that, and answers nothing. Not on Windows.
    /// </summary>
    public async Task FreezeAsync()
    {
        _frozen = true;
        await SignalAsync("STOP");
    }

    /// <summary>Halts one of its processes: what is asked on that connection waits. Not on Windows.</summary>
    /// <param name="process">Its id, as <c>pg_stat_activity</c> tells it.</param>
    public Task FreezeAsync(int process)
    {
        _frozen = true;
        return KillAsync("STOP", process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Lets a frozen server go on.</summary>
    public async Task ThawAsync()
    {
        await SignalAsync("CONT");
        _frozen = false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_frozen)
            await ThawAsync();
        await _server.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // The postmaster first, so that it starts no other process meanwhile.
    private async Task SignalAsync(string signal)
    {
        var postmaster = _server.Postmaster.ToString(CultureInfo.InvariantCulture);
        await KillAsync(signal, $"{postmaster} && pkill -{signal} -P {postmaster}");
    }

    private static async Task KillAsync(string signal, string processes)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {processes}"]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"The processes of the PostgreSQL server could not be sent SIG{signal}.");
    }
}
