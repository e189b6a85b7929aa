using System.Diagnostics;
using System.Globalization;
using MarketData.AppHost.Postgres;
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

    /// <summary>Dumps it to a file by <c>pg_dump</c>, in the custom format.</summary>
    public Task DumpAsync(string file, CancellationToken cancellation) =>
        RunAsync("pg_dump", cancellation, "--format=custom", $"--file={file}", Name);

    /// <summary>Restores such a file into it, which has to be empty.</summary>
    public Task RestoreAsync(string file, CancellationToken cancellation) =>
        RunAsync("pg_restore", cancellation, "--no-owner", "--no-privileges", "--exit-on-error", $"--dbname={Name}", file);

    private async Task RunAsync(string program, CancellationToken cancellation, params string[] arguments)
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
        var installation = await PostgresInstallation.FindAsync(Path.GetTempPath(), null, static _ => { }, cancellation);
        var start = new ProcessStartInfo(installation.Program(program), arguments) { RedirectStandardError = true };
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {error}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.ExecuteAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", CancellationToken.None);
    }
}
