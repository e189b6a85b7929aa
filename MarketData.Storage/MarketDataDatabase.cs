using System.Globalization;
using Aspire.Npgsql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace MarketData.Storage;

/// <summary>Gives a service the database.</summary>
public static class MarketDataDatabase
{
    /// <summary>The name of the connection string, and of the pool in metrics.</summary>
    public const string ConnectionName = "marketdata";

    /// <summary>Connections that an <c>api</c> keeps at most where its connection string sets no <c>Maximum Pool Size</c>.</summary>
    public const int ApiPoolSize = 25;

    // Seconds.
    private const int KeepAliveTime = 15;
    private const int KeepAliveInterval = 5;
    private const int KeepAliveCount = 3;

    private const string HealthCheck = "PostgreSql";
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Connections that an <c>enrichment</c> keeps at most where its connection string sets no <c>Maximum Pool Size</c>: four for each symbol that it
    /// enriches at once, and ten for all else.
    /// </summary>
    /// <param name="concurrency">Symbols at once.</param>
    public static int EnrichmentPoolSize(int concurrency) => 10 + 4 * concurrency;

    /// <summary>Sets how many connections are kept at most, where the connection string does not.</summary>
    public static void LimitPool(this NpgsqlDataSourceBuilder database, int connections)
    {
        ArgumentNullException.ThrowIfNull(database);
        var connection = database.ConnectionStringBuilder;
        if (!connection.ConnectionString.Contains("Maximum Pool Size=", StringComparison.OrdinalIgnoreCase))
            connection.MaxPoolSize = connections;
    }

    /// <summary>
    /// Has both sides ask after some silence whether the other is still there, this one unless the connection string says how: what lies between
    /// two machines forgets connections that are silent, and tells neither. Until the server notices, what the session had locked stays locked.
    /// </summary>
    /// <param name="database">The data source.</param>
    /// <param name="longestSilence">
    /// How long a session may say nothing within a transaction before the server ends it; null for as long as the server is set to.
    /// </param>
    public static void KeepAlive(this NpgsqlDataSourceBuilder database, TimeSpan? longestSilence = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        // Not in the connection string's Options, which PgBouncer refuses.
        var setUp = string.Create(CultureInfo.InvariantCulture, $"""
            SET tcp_keepalives_idle = {KeepAliveTime};
            SET tcp_keepalives_interval = {KeepAliveInterval};
            SET tcp_keepalives_count = {KeepAliveCount};
            """);
        if (longestSilence is { } silence)
            setUp += string.Create(CultureInfo.InvariantCulture, $"\nSET idle_in_transaction_session_timeout = {(int)silence.TotalMilliseconds};");
        database.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = Sql.Command(SpanNames.SessionSetUp, setUp, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = Sql.Command(SpanNames.SessionSetUp, setUp, connection);
                await command.ExecuteNonQueryAsync();
            });
        var connection = database.ConnectionStringBuilder;
        if (connection.ConnectionString.Contains("Tcp Keepalive", StringComparison.OrdinalIgnoreCase))
            return;
        (connection.TcpKeepAlive, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval) = (true, KeepAliveTime, KeepAliveInterval);
    }

    /// <summary>
    /// Registers a singleton <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:marketdata</c> by Aspire's client integration, with its
    /// health check, spans and metrics. <see cref="NpgsqlSettings"/> are in the options; a missing connection string fails their validation
    /// at start.
    /// </summary>
    /// <param name="builder">The service being built.</param>
    /// <param name="configure">Changes the data source, for example how many statements a session keeps prepared.</param>
    /// <param name="configureSettings">Changes the settings, for example whether there is a health check.</param>
    public static void AddMarketDataDatabase(
        this IHostApplicationBuilder builder, Action<NpgsqlDataSourceBuilder>? configure = null, Action<NpgsqlSettings>? configureSettings = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddNpgsqlDataSource(
            ConnectionName,
            settings =>
            {
                configureSettings?.Invoke(settings);
                builder.Services.AddOptions<NpgsqlSettings>()
                    .Configure(options => options.ConnectionString = settings.ConnectionString)
                    .Validate(
                        options => !string.IsNullOrWhiteSpace(options.ConnectionString),
                        $"ConnectionStrings:{ConnectionName} is missing: set it to the PostgreSQL database to use.")
                    .ValidateOnStart();
            },
            database =>
            {
                database.Name = ConnectionName;
                database.NameSpans();
                database.KeepAlive();
                configure?.Invoke(database);
            });
        // Without a limit of its own the check would take as long as the connection's timeout when the server does not answer.
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations.Where(check => check.Name == HealthCheck))
                check.Timeout = HealthCheckTimeout;
        });
    }
}
