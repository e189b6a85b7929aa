using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.AppHost.Postgres;

/// <summary>Adds an embedded PostgreSQL server to an app host.</summary>
internal static partial class EmbeddedPostgresBuilderExtensions
{
    /// <summary>
    /// Adds a PostgreSQL server that runs from this machine's programs, a resource like any other: with state, health, logs, endpoint and
    /// connection string, and a command that empties its database. It shuts down with the app host, however that ends, and its data stay.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="databaseName">The database that it has to have, and the name of the connection string.</param>
    /// <param name="options">Where and how it runs.</param>
    public static IResourceBuilder<EmbeddedPostgresResource> AddEmbeddedPostgres(
        this IDistributedApplicationBuilder builder, string name, string databaseName, EmbeddedPostgresOptions options)
    {
        var postgres = new EmbeddedPostgresResource(name, databaseName, options);
        IReadOnlyList<string> command = [];

        builder.OnBeforeStart((_, cancellation) =>
            PostgresInstallation.RequireAsync(options.DataDirectory, PostgresCluster.VersionIn(options.DataDirectory), cancellation));
        builder.Services.AddHealthChecks().AddAsyncCheck($"{name}_check", cancellation => CheckAsync(postgres, cancellation));

        return builder.AddResource(postgres)
            .WithIconName("DatabaseMultiple")
            .WithEndpoint(port: options.Port, name: EmbeddedPostgresResource.EndpointName, scheme: "tcp", isProxied: false)
            .WithHealthCheck($"{name}_check")
            .WithArgs(context =>
            {
                foreach (var argument in command.Skip(1))
                    context.Args.Add(argument);
            })
            .OnBeforeResourceStarted(async (resource, started, cancellation) =>
            {
                var log = started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource);
                var cluster = await PostgresCluster.PrepareAsync(options, line => LogLine(log, line), cancellation);
                var port = await resource.Endpoint.Property(EndpointProperty.Port).GetValueAsync(cancellation);
                command = cluster.ServerCommand(port!);
                resource.Annotations.OfType<ExecutableAnnotation>().Last().Command = command[0];
            })
            .OnResourceReady((resource, _, cancellation) => CreateDatabaseAsync(resource, cancellation))
            .WithCommand(
                "reset",
                "Empty the database",
                context => ResetAsync(postgres, context),
                new CommandOptions
                {
                    IconName = "DatabaseWarning",
                    Description = "Drops all data, and restarts the services, which begin with an empty database.",
                    ConfirmationMessage = $"Drop the database {databaseName} with all candles, runs and keys in it?",
                });
    }

    private static async Task<HealthCheckResult> CheckAsync(EmbeddedPostgresResource postgres, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ConnectAsync(postgres, cancellation);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }

    private static async Task CreateDatabaseAsync(EmbeddedPostgresResource postgres, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(postgres, cancellation);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = postgres.DatabaseName } },
        };
        if (await exists.ExecuteScalarAsync(cancellation) is null)
            await ExecuteAsync(connection, $"CREATE DATABASE \"{postgres.DatabaseName}\"", cancellation);
    }

    private static async Task<ExecuteCommandResult> ResetAsync(EmbeddedPostgresResource postgres, ExecuteCommandContext context)
    {
        await using (var connection = await ConnectAsync(postgres, context.CancellationToken))
        {
            await ExecuteAsync(connection, $"DROP DATABASE \"{postgres.DatabaseName}\" WITH (FORCE)", context.CancellationToken);
            await ExecuteAsync(connection, $"CREATE DATABASE \"{postgres.DatabaseName}\"", context.CancellationToken);
        }

        // A service makes its tables when it starts.
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        foreach (var service in context.Services.GetRequiredService<DistributedApplicationModel>().Resources)
        {
            if (!service.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == postgres))
                continue;
            var restarted = await commands.ExecuteCommandAsync(service, KnownResourceCommands.RestartCommand, context.CancellationToken);
            if (!restarted.Success)
                return CommandResults.Failure($"The database is empty, but {service.Name} could not be restarted: {restarted.Message}");
        }

        return CommandResults.Success();
    }

    private static async Task<NpgsqlConnection> ConnectAsync(EmbeddedPostgresResource postgres, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection($"{await postgres.Server.GetValueAsync(cancellation)};Database=postgres;Pooling=false");
        await connection.OpenAsync(cancellation);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private static partial void LogLine(ILogger logger, string line);
}
