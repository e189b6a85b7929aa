using MarketData.AppHost.Local.Postgres;
using MarketData.AppHost.Local.Processes;
using Npgsql;

namespace MarketData.AppHost.Tests.Postgres;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-postgres-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first()
    {
        await using (var first = await StartAsync())
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var second = await StartAsync();

        (await ExecuteAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task It_recovers_from_being_killed_and_keeps_its_port()
    {
        await using var server = await StartAsync();
        await ExecuteAsync(server, "CREATE TABLE kept AS SELECT 42 AS answer");
        var port = server.Port;

        await server.KillAsync();
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(server, "SELECT 1"));
        await server.StartAsync(_cancellation);

        server.Port.ShouldBe(port);
        (await ExecuteAsync(server, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_pid_file_whose_number_now_belongs_to_another_program_does_not_stop_it()
    {
        await using (await StartAsync())
        {
        }

        var pidFile = Path.Combine(_directory, "postgres", "postmaster.pid");
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n{_directory}\n1\n1\n\n127.0.0.1\n\nready\n", _cancellation);

        await using var server = await StartAsync();
        (await ExecuteAsync(server, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task It_asks_for_its_password()
    {
        await using var server = await StartAsync();
        var stranger = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Password = "guess", Pooling = false };

        await using var connection = new NpgsqlConnection(stranger.ConnectionString);

        (await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync(_cancellation))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task A_database_of_a_version_that_is_not_installed_is_explained_in_one_sentence()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "postgres"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "postgres", "PG_VERSION"), "9\n", _cancellation);

        var error = await Should.ThrowAsync<StartException>(() => StartAsync());

        error.Message.ShouldStartWith("No PostgreSQL server 9, which made the existing database, was found on this machine");
    }

    [Fact]
    public async Task A_disposable_server_leaves_nothing_behind()
    {
        var directory = Path.Combine(_directory, "disposable");
        await using (await PrivatePostgres.StartAsync(new PrivatePostgresOptions(directory) { Disposable = true }, Log, _cancellation))
            Directory.Exists(directory).ShouldBeTrue();

        Directory.Exists(directory).ShouldBeFalse();
    }

    private static void Log(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private Task<PrivatePostgres> StartAsync() => PrivatePostgres.StartAsync(new PrivatePostgresOptions(_directory), Log, _cancellation);

    private async Task<object?> ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(_cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(_cancellation);
    }
}
