using System.Globalization;
using MarketData.AppHost.Local.Postgres;
using MarketData.AppHost.Local.Processes;
using Npgsql;

namespace MarketData.AppHost.Local.Engine;

/// <summary>The private PostgreSQL server of this copy.</summary>
/// <param name="server">The resource that it stands for.</param>
/// <param name="databases">The databases that it has to have.</param>
/// <param name="dataDirectory">Where it keeps its data.</param>
/// <param name="log">Where its lines go.</param>
internal sealed class PostgresProcess(PostgresServerResource server, IEnumerable<PostgresDatabaseResource> databases, string dataDirectory, ConsoleLog log)
    : Supervised(server.Name, log)
{
    private readonly RecentLines _said = new(line => log.Line(server.Name, line));
    private PrivatePostgres? _postgres;

    /// <inheritdoc/>
    protected override Task<int> Exited => _postgres?.Exited ?? Task.FromResult(0);

    /// <inheritdoc/>
    protected override string LastWords => _said.ToString();

    /// <inheritdoc/>
    protected override async Task LaunchAsync(CancellationToken cancellation)
    {
        if (_postgres is not null)
        {
            await _postgres.StartAsync(cancellation);
            return;
        }

        _postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions(dataDirectory) { Port = server.Endpoints[0].Ports[0] }, _said.Add, cancellation);
        foreach (var database in databases)
            await CreateAsync(_postgres.ConnectionString("postgres"), database.DatabaseName, cancellation);
        server.Connect(_postgres.ConnectionString);
    }

    /// <inheritdoc/>
    protected override Task HaltAsync() => _postgres?.StopAsync() ?? Task.CompletedTask;

    private static async Task CreateAsync(string connectionString, string database, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellation);
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        if (Convert.ToInt64(await exists.ExecuteScalarAsync(cancellation), CultureInfo.InvariantCulture) > 0)
            return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database}\"", connection);
        await create.ExecuteNonQueryAsync(cancellation);
    }
}
