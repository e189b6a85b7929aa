using System.Globalization;
using System.Net.Sockets;
using Dapper;
using DbUp;
using DbUp.Engine.Output;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using MarketData.Storage.Schema;
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
    private static readonly TimeSpan LockRetryWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a script waits for a table before it is undone and tried again; others wait behind it for as long.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Applies what is missing; waits up to a minute for a server that is still starting.</summary>
    /// <param name="connectionString">Connects to the database as a role that may create tables in it.</param>
    /// <param name="cancellation">Ends the wait for the server or for the lock.</param>
    /// <returns>What was applied.</returns>
    /// <exception cref="InvalidOperationException">A script failed; the message names it, and the database is as it was.</exception>
    /// <exception cref="NpgsqlException">The server could not be reached within a minute.</exception>
    public Task<MigrationResult> MigrateAsync(string connectionString, CancellationToken cancellation) =>
        MigrateAsync(connectionString, null, cancellation);

    /// <summary>Likewise, and then sets what <c>Storage:*</c> says of the database: partitions, compression, and who may read.</summary>
    /// <param name="connectionString">Connects to the database as a role that may create tables in it.</param>
    /// <param name="settings">What to set; null: nothing.</param>
    /// <param name="cancellation">Ends the wait for the server or for the lock.</param>
    /// <returns>What was applied.</returns>
    /// <exception cref="InvalidOperationException">
    /// A script failed, or the server refuses the role; the message says which, and of a script that fails nothing remains.
    /// </exception>
    /// <exception cref="NpgsqlException">The server could not be reached within a minute.</exception>
    public async Task<MigrationResult> MigrateAsync(string connectionString, StorageOptions? settings, CancellationToken cancellation)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = await OpenAsync(unpooled, cancellation);
        await LockAsync(connection, cancellation);
        try
        {
            var before = await UpgradeAsync(unpooled, script => string.CompareOrdinal(Number(script), LastBeforeMove) <= 0, cancellation);
            var columns = await AddFeatureColumnsAsync(connection, cancellation);
            await new CandleMove(unpooled, logger, time).RunAsync(connection, cancellation);
            var after = await UpgradeAsync(unpooled, _ => true, cancellation);
            if (settings is not null)
                await SetAsync(unpooled, settings, cancellation);
            var state = await SchemaState.ReadAsync(connection, cancellation);
            return new MigrationResult(state.Found!, [.. before, .. after], columns);
        }
        finally
        {
            await ExecuteAsync(connection, "unlock migrations", "SELECT pg_advisory_unlock(@key)", CancellationToken.None);
        }
    }

    private static async Task SetAsync(string connectionString, StorageOptions settings, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var candles = new CandleRetention(database);
        await candles.PartitionByAsync(settings.PartitionMonths.ByInterval(), cancellation);
        await candles.CompressAfterAsync(settings.CompressAfterDays is > 0 and var days ? days : null, cancellation);
        if (settings.ReadOnlyRole is { } role)
            await new ReadOnlyRole(database).GrantAsync(role, settings.ReadOnlyPassword, cancellation);
    }

    // Whoever waits says so: another migration may take hours.
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string attempt = "SELECT pg_try_advisory_lock(@LockKey)";
        if (await connection.ExecuteScalarAsync<bool>(Sql.Command("try to lock migrations", attempt, new { LockKey }, cancellation)))
            return;
        LogLocked();
        await ExecuteAsync(connection, "lock migrations", "SELECT pg_advisory_lock(@key)", cancellation);
    }

    // A feature that is new in the catalogue gets its column. Where none is, the table is not locked: ALTER TABLE would wait for the transaction
    // of a node that stalled in it, and all who read would wait behind.
    private async Task<IReadOnlyList<string>> AddFeatureColumnsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var missing = (await SchemaState.ReadAsync(connection, cancellation)).MissingColumns;
        if (missing.Count == 0)
            return missing;
        var columns = FeatureCatalogue.All.Where(feature => missing.Contains(feature.Name))
            .Select(feature => $"ADD COLUMN {feature.Name} {(feature.Labels.Count > 0 ? "text" : "double precision")}");
        await ExecuteAsync(connection, "add feature columns", "ALTER TABLE latest_features " + string.Join(", ", columns), cancellation);
        var names = string.Join(", ", missing);
        LogAdded(names);
        return missing;
    }

    private bool DetailEnabled => logger.IsEnabled(LogLevel.Debug);

    private static string Number(string script) => SchemaState.ShortName(script).Split('_')[0];

    // Whoever reads or writes a table queues behind a script that waits for it, and that behind the longest reader: so it does not wait long,
    // and tries again.
    private async Task<List<string>> UpgradeAsync(string connectionString, Func<string, bool> scripts, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Upgrade(connectionString, scripts);
            }
            catch (InvalidOperationException e) when (IsHeldUp(e.InnerException) && time.GetElapsedTime(begun) < LockRetryWindow)
            {
                LogHeldUp(e.Message);
            }

            await Task.Delay(RetryDelay, time, cancellation);
        }
    }

    private static bool IsHeldUp(Exception? e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };

    private List<string> Upgrade(string connectionString, Func<string, bool> scripts)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        connection.Options = string.Create(CultureInfo.InvariantCulture, $"{connection.Options} -c lock_timeout={LockTimeout.TotalMilliseconds:0}").Trim();
        var result = DeployChanges.To
            .PostgresqlDatabase(connection.ConnectionString)
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

        var applied = result.Scripts.Select(script => SchemaState.ShortName(script.Name)).ToList();
        foreach (var script in applied)
            LogApplied(script);
        return applied;
    }

    private async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var deadline = time.GetUtcNow() + StartupTimeout;
        for (var isFirst = true; ; isFirst = false)
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
                if (isFirst)
                    LogWaiting(e.Message);
                await Task.Delay(RetryDelay, time, cancellation);
            }
        }
    }

    private static bool IsStillStarting(NpgsqlException e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections }
            || e.InnerException is SocketException or TimeoutException;

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

    [LoggerMessage(Level = LogLevel.Information, Message = "Added columns for the features {Features}")]
    private partial void LogAdded(string features);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another migration of this database is under way: waiting for it")]
    private partial void LogLocked();

    [LoggerMessage(Level = LogLevel.Information, Message = "Others use what has to change: it is tried again for up to ten minutes. {Reason}")]
    private partial void LogHeldUp(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting up to a minute for the database: {Reason}")]
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
            args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
    }
}
