using System.Data.Common;
using HealthChecks.NpgSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>Gives a service its database the way the package Aspire.Npgsql does, so that the package can take this one's place.</summary>
public static class NpgsqlDataSourceExtensions
{
    private const string SectionName = "Aspire:Npgsql";
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Registers a singleton <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:&lt;connectionName&gt;</c>, with a health check, spans
    /// and metrics. When the connection string is missing, the service does not start and says so.
    /// </summary>
    /// <param name="builder">The service being built.</param>
    /// <param name="connectionName">The name of the connection string, and of the pool in the metrics.</param>
    /// <param name="configureSettings">Changes the settings after the configuration has been read.</param>
    /// <param name="configureDataSourceBuilder">Changes the data source, for example its type mappings.</param>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        var settings = Read(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddOptions<NpgsqlSettings>(connectionName)
            .Configure(options => options.ConnectionString = settings.ConnectionString)
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.ConnectionString),
                $"ConnectionStrings:{connectionName} is missing: set it to the PostgreSQL database to use.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => Build(services, settings, connectionName, configureDataSourceBuilder));

        builder.Services.AddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());

        if (!settings.DisableHealthChecks)
            builder.Services.AddHealthChecks().Add(HealthCheck());
        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddNpgsql());
        if (!settings.DisableMetrics)
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddNpgsqlInstrumentation());
    }

    private static NpgsqlSettings Read(IConfiguration configuration, string connectionName)
    {
        var settings = new NpgsqlSettings();
        configuration.GetSection(SectionName).Bind(settings);
        configuration.GetSection($"{SectionName}:{connectionName}").Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static NpgsqlDataSource Build(
        IServiceProvider services, NpgsqlSettings settings, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = connectionName };
        builder.UseLoggerFactory(services.GetService<ILoggerFactory>());
        configure?.Invoke(builder);
        return builder.Build();
    }

    private static HealthCheckRegistration HealthCheck() => new(
        "PostgreSql",
        services => new NpgSqlHealthCheck(new NpgSqlHealthCheckOptions(services.GetRequiredService<NpgsqlDataSource>())),
        failureStatus: null,
        tags: null,
        HealthCheckTimeout);
}
