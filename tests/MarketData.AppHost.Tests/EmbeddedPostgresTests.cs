using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using MarketData.AppHost.Postgres;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.AppHost.Tests;

public sealed class EmbeddedPostgresTests : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly string _directory = ScratchDirectory.Create("marketdata-embedded-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await EndOfServerAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first()
    {
        await using (var first = await StartAsync())
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var second = await StartAsync();

        (await ExecuteAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task It_is_stopped_and_started_like_any_resource_and_keeps_its_port_although_somebody_is_connected()
    {
        await using var app = await StartAsync();
        await ExecuteAsync(app, "CREATE TABLE kept AS SELECT 42 AS answer");
        var connectionString = await ConnectionStringAsync(app);
        await using var connected = new NpgsqlConnection(connectionString);
        await connected.OpenAsync(_cancellation);

        await CommandAsync(app, KnownResourceCommands.StopCommand);
        await EndedAsync(app);
        await CommandAsync(app, KnownResourceCommands.StartCommand);
        await HealthyAsync(app);

        (await ConnectionStringAsync(app)).ShouldBe(connectionString);
        (await ExecuteAsync(app, "SELECT answer FROM kept")).ShouldBe(42);
        // In order: what shut down in haste would recover now.
        (await LogAsync(app)).ShouldNotContain("not properly shut down");
    }

    [Fact]
    public async Task It_is_shown_as_ended_when_it_is_killed_and_recovers_when_it_is_started_again()
    {
        await using var app = await StartAsync();
        await ExecuteAsync(app, "CREATE TABLE kept AS SELECT 42 AS answer");
        var postmaster = (await File.ReadAllLinesAsync(PidFile, _cancellation))[0];

        AppHostProcess.Signal("KILL", int.Parse(postmaster, CultureInfo.InvariantCulture));
        await EndedAsync(app);
        await CommandAsync(app, KnownResourceCommands.StartCommand);
        await HealthyAsync(app);

        (await ExecuteAsync(app, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_pid_file_whose_number_now_belongs_to_another_program_does_not_stop_it()
    {
        await using (await StartAsync())
        {
        }

        await EndOfServerAsync();
        await File.WriteAllTextAsync(PidFile, $"{Environment.ProcessId}\n{_directory}\n1\n1\n\n127.0.0.1\n\nready\n", _cancellation);

        await using var app = await StartAsync();
        (await ExecuteAsync(app, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task It_asks_for_its_password()
    {
        await using var app = await StartAsync();
        var stranger = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync(app)) { Password = "guess", Pooling = false };

        await using var connection = new NpgsqlConnection(stranger.ConnectionString);

        (await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync(_cancellation))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task Its_database_can_be_emptied_while_somebody_is_connected()
    {
        await using var app = await StartAsync();
        await ExecuteAsync(app, "CREATE TABLE kept AS SELECT 42 AS answer");
        await using var connected = new NpgsqlConnection(await ConnectionStringAsync(app));
        await connected.OpenAsync(_cancellation);

        await CommandAsync(app, "reset");

        (await ExecuteAsync(app, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'")).ShouldBe(0L);
    }

    private string PidFile => Path.Combine(_directory, "postgres", "postmaster.pid");

    private async Task<DistributedApplication> StartAsync()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { AssemblyName = "MarketData.AppHost", DisableDashboard = true });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.AddEmbeddedPostgres("postgres", "marketdata", new EmbeddedPostgresOptions(_directory));
        var app = builder.Build();
        await app.StartAsync(_cancellation);
        await HealthyAsync(app);
        return app;
    }

    // An app host ends before its server, which holds the directory until its file is gone.
    private Task EndOfServerAsync() => Eventually.BecomesAsync(() => !File.Exists(PidFile), Timeout, CancellationToken.None);

    private Task<ResourceEvent> HealthyAsync(DistributedApplication app) =>
        app.ResourceNotifications.WaitForResourceHealthyAsync("postgres", _cancellation).WaitAsync(Timeout, _cancellation);

    private Task<string> EndedAsync(DistributedApplication app) =>
        app.ResourceNotifications.WaitForResourceAsync("postgres", KnownResourceStates.TerminalStates, _cancellation).WaitAsync(Timeout, _cancellation);

    private async Task CommandAsync(DistributedApplication app, string command)
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync("postgres", command, _cancellation);
        result.Success.ShouldBeTrue(result.Message);
    }

    private async Task<string> LogAsync(DistributedApplication app)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync("postgres").WithCancellation(_cancellation))
            text.AppendJoin('\n', lines.Select(line => line.Content));
        return text.ToString();
    }

    private async Task<string> ConnectionStringAsync(DistributedApplication app)
    {
        var postgres = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<EmbeddedPostgresResource>().Single();
        return (await postgres.ConnectionStringExpression.GetValueAsync(_cancellation))!;
    }

    private async Task<object?> ExecuteAsync(DistributedApplication app, string sql)
    {
        await using var connection = new NpgsqlConnection(await ConnectionStringAsync(app) + ";Pooling=false");
        await connection.OpenAsync(_cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(_cancellation);
    }
}
