using System.Net.Sockets;
using Dapper;
using DbUp;
using DbUp.Engine.Output;
using MarketData.Domain.Features;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// Brings a database to the schema that this build expects. Scripts run in order, each once, under an advisory lock: several services starting
/// at once is normal. Those that come together do so in one transaction: one that fails changes nothing. What has to move much data does so
/// between two of them, in portions.
/// </summary>
public sealed partial class DatabaseMigrator(ILogger<DatabaseMigrator> logger, TimeProvider time)
{
    private const long LockKey = 0x4D61726B65744461; // "MarketDa"

    // The next script makes the switch to what CandleMove moved.
    private const string LastBeforeMove = "0070";
    private static readonly TimeSpan StartupTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Applies what is missing; waits up to a minute for a server that is still starting.</summary>
    /// <param name="connectionString">Connects to the database as a role that may create tables in it.</param>
    /// <param name="cancellation">Ends the wait for the server or for the lock.</param>
    /// <exception cref="InvalidOperationException">A script failed; the message names it, and the database is as it was.</exception>
    /// <exception cref="NpgsqlException">The server could not be reached within a minute.</exception>
    public async Task MigrateAsync(string connectionString, CancellationToken cancellation)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = await OpenAsync(unpooled, cancellation);
        await ExecuteAsync(connection, "lock migrations", "SELECT pg_advisory_lock(@key)", cancellation);
        try
        {
            Upgrade(unpooled, script => string.CompareOrdinal(Number(script), LastBeforeMove) <= 0);
            await AddFeatureColumnsAsync(connection, cancellation);
            await new CandleMove(unpooled, logger, time).RunAsync(connection, cancellation);
            Upgrade(unpooled, _ => true);
        }
        finally
        {
            await ExecuteAsync(connection, "unlock migrations", "SELECT pg_advisory_unlock(@key)", CancellationToken.None);
        }
    }

    // A feature that is new in the catalogue gets its column. Where none is, the table is not locked: ALTER TABLE would wait for the transaction
    // of a node that stalled in it, and all who read would wait behind.
    private static async Task AddFeatureColumnsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string existing = """
            SELECT attname::text FROM pg_attribute WHERE attrelid = 'latest_features'::regclass AND attnum > 0 AND NOT attisdropped
            """;
        var columns = (await connection.QueryAsync<string>(Sql.Command("read feature columns", existing, null, cancellation))).ToHashSet();
        var missing = FeatureCatalogue.All.Where(feature => !columns.Contains(feature.Name))
            .Select(feature => $"ADD COLUMN {feature.Name} {(feature.Labels.Count > 0 ? "text" : "double precision")}")
            .ToList();
        if (missing.Count > 0)
            await ExecuteAsync(
                connection, "add feature columns", "ALTER TABLE latest_features " + string.Join(", ", missing), cancellation);
    }

    private bool DetailEnabled => logger.IsEnabled(LogLevel.Debug);

    // MarketData.Storage.Migrations.0001_name.sql
    private static string Number(string script) => script.Split('.')[^2].Split('_')[0];

    private void Upgrade(string connectionString, Func<string, bool> scripts)
    {
        var result = DeployChanges.To
            .PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(DatabaseMigrator).Assembly, script => script.EndsWith(".sql", StringComparison.Ordinal) && scripts(script))
            .JournalToPostgresqlTable("public", "schema_versions")
            .WithVariablesDisabled()
            .WithTransaction()
            .LogTo(new QuietLog(this))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new InvalidOperationException(
                $"The database migration {result.ErrorScript?.Name ?? "journal"} failed and changed nothing: {result.Error.Message}", result.Error);
        }

        foreach (var script in result.Scripts)
            LogApplied(script.Name);
    }

    private async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var deadline = time.GetUtcNow() + StartupTimeout;
        while (true)
        {
            var connection = new NpgsqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellation);
                return connection;
            }
            catch (NpgsqlException e) when (IsStillStarting(e) && time.GetUtcNow() < deadline)
            {
                await connection.DisposeAsync();
                LogWaiting(e.Message);
                await Task.Delay(RetryDelay, time, cancellation);
            }
        }
    }

    private static bool IsStillStarting(NpgsqlException e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } || e.InnerException is SocketException;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string name, string sql, CancellationToken cancellation)
    {
        await using var command = Sql.Command(name, sql, connection);
        command.CommandTimeout = 0;
        if (sql.Contains("@key", StringComparison.Ordinal))
            command.Parameters.AddWithValue("key", LockKey);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Script}")]
    private partial void LogApplied(string script);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Message}")]
    private partial void LogDetail(string message);

    // DbUp narrates each step; one line per applied script is what an operator wants.
    private sealed class QuietLog(DatabaseMigrator migrator) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => Detail(format, args);

        public void LogDebug(string format, params object[] args) => Detail(format, args);

        public void LogInformation(string format, params object[] args) => Detail(format, args);

        public void LogWarning(string format, params object[] args) => Detail(format, args);

        // The failure itself reaches the caller as an exception.
        public void LogError(string format, params object[] args) => Detail(format, args);

        public void LogError(Exception ex, string format, params object[] args) => Detail(format, args);

        private void Detail(string format, object[] args)
        {
            if (!migrator.DetailEnabled)
                return;
            var text = Text(format, args);
            migrator.LogDetail(text);
        }

        private static string Text(string format, object[] args) =>
            args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
    }
}
