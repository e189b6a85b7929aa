using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>What a service gets with the database.</summary>
public sealed class MarketDataDatabaseTests
{
    [Fact]
    public async Task Its_health_check_has_a_time_limit_and_its_settings_can_be_changed()
    {
        using var host = Build("Host=127.0.0.1;Port=1");

        var check = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.ShouldHaveSingleItem();
        check.Name.ShouldBe("PostgreSql");
        check.Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        await using var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        new NpgsqlConnectionStringBuilder(source.ConnectionString).ShouldSatisfyAllConditions(
            settings => settings.Port.ShouldBe(1), settings => settings.MaxAutoPrepare.ShouldBe(7));
    }

    [Theory]
    [InlineData("", 15, 5)]
    [InlineData(";Tcp Keepalive=true;Tcp Keepalive Time=60;Tcp Keepalive Interval=7", 60, 7)]
    [InlineData(";Tcp Keepalive=false", 0, 0)]
    public async Task Its_connections_are_asked_after_some_silence_unless_the_connection_string_says_otherwise(string said, int time, int interval)
    {
        using var host = Build("Host=127.0.0.1;Port=1" + said);

        await using var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        settings.TcpKeepAlive.ShouldBe(time > 0);
        (settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval).ShouldBe((time, interval));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Without_a_connection_string_a_service_says_so_before_it_starts(string? connectionString)
    {
        using var host = Build(connectionString);

        Should.Throw<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate()).Failures
            .ShouldBe(["ConnectionStrings:marketdata is missing: set it to the PostgreSQL database to use."]);
    }

    private static IHost Build(string? connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:marketdata", connectionString)]);
        builder.AddMarketDataDatabase(database => database.ConnectionStringBuilder.MaxAutoPrepare = 7);
        return builder.Build();
    }
}
