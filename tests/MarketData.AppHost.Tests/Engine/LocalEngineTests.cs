using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using MarketData.Testing;
using Npgsql;

namespace MarketData.AppHost.Tests.Engine;

public sealed class LocalEngineTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-engine-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_service_starts_after_what_it_waits_for_and_is_told_its_address()
    {
        await using var host = await RunningAsync();

        var first = host.Address("First");
        var environment = await EnvironmentAsync(host, "Second");

        environment["services__first__http__0"].ShouldBe(first.GetLeftPart(UriPartial.Authority));
        environment["FIRST_HTTP"].ShouldBe(first.GetLeftPart(UriPartial.Authority));
        environment["ADDRESS_OF_FIRST"].ShouldBe(first.GetLeftPart(UriPartial.Authority) + "/path");
        environment["ASPNETCORE_ENVIRONMENT"].ShouldBe("Development");
        environment["OTEL_SERVICE_NAME"].ShouldBe("second");
        host.Output.ShouldContain("first        | ");
    }

    [Fact]
    public async Task A_service_gets_what_it_references_and_nothing_else_of_what_is_configured()
    {
        await using var host = await RunningAsync(new Dictionary<string, string?> { ["Parameters__secret"] = "of the shell", ["CLOUD_KEY"] = "of the shell" });

        var first = await EnvironmentAsync(host, "First");
        var second = await EnvironmentAsync(host, "Second");

        second["SECRET"].ShouldBe("for the second alone");
        first.Keys.ShouldNotContain("SECRET");
        first.Keys.ShouldNotContain("services__second__http__0");
        first.Values.Concat(second.Values).ShouldNotContain("of the shell");
        first.Keys.ShouldContain("PATH");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_stops_everything(string signal)
    {
        await using var host = await RunningAsync("--Database=true");
        var descendants = host.Descendants();
        descendants.Count.ShouldBeGreaterThan(3);

        host.Signal(signal);
        await host.EndedAsync(_cancellation);

        host.ExitCode.ShouldBe(0);
        AppHostProcess.StillRunning(descendants).ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_violent_death_leaves_no_orphan()
    {
        await using var host = await RunningAsync("--Database=true");
        var descendants = host.Descendants();

        host.Signal("KILL");

        await Eventually.BecomesAsync(() => AppHostProcess.StillRunning(descendants).Count == 0, TimeSpan.FromSeconds(20), _cancellation);
    }

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first_even_after_a_violent_death()
    {
        await using (var first = await RunningAsync("--Database=true"))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            first.Signal("KILL");
        }

        await using var second = await RunningAsync("--Database=true");

        (await ExecuteAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_service_that_dies_is_reported_and_started_again()
    {
        await using var host = await RunningAsync();

        await Should.ThrowAsync<HttpRequestException>(() => Http.PostAsync(new Uri(host.Address("First"), "/die"), null, _cancellation));

        await Eventually.BecomesAsync(
            () => host.Output.Contains("first ended by itself with exit code 3", StringComparison.Ordinal), TimeSpan.FromSeconds(20), _cancellation);
        await Eventually.BecomesAsync(
            async () => (await Http.GetAsync(new Uri(host.Address("First"), "/health"), _cancellation)).StatusCode == HttpStatusCode.OK,
            TimeSpan.FromSeconds(30),
            _cancellation);
    }

    [Fact]
    public async Task A_service_that_does_not_start_ends_the_start_with_what_it_said()
    {
        await using var host = Start("--FailsToStart=true");

        await host.EndedAsync(_cancellation);

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain("first did not start (exit code 78); it last said: Section:Setting is missing.");
        host.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_taken_port_is_named_with_the_setting_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var host = Start($"--Ports:First={port}");
        await host.EndedAsync(_cancellation);

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain(
            $"Port {port}, on which first is to listen, is taken: stop the program that uses it, or set Ports:First to another port (0 takes a free one).");
    }

    [Fact]
    public async Task Two_copies_run_side_by_side_but_not_on_the_same_data()
    {
        await using var one = await RunningAsync();

        await using var same = Start();
        await same.EndedAsync(_cancellation);
        same.ExitCode.ShouldBe(1);
        same.Output.ShouldContain($"The data directory {_directory} is in use by another copy that runs");

        await using var other = await RunningAsync($"--DataDirectory={Path.Combine(_directory, "other")}");
        other.Address("First").ShouldNotBe(one.Address("First"));
    }

    [Fact]
    public async Task Replicas_listen_on_ports_of_their_own()
    {
        await using var host = await RunningAsync("--Second:Replicas=2");

        host.Output.ShouldContain("second-1     | ");
        host.Output.ShouldContain("second-2     | ");
    }

    [Fact]
    public async Task Without_PostgreSQL_or_npm_it_says_what_to_install()
    {
        Assert.SkipWhen(Directory.Exists("/opt/homebrew/opt") || OperatingSystem.IsWindows(), "PostgreSQL cannot be hidden from the search here.");
        Assert.SkipWhen(Directory.Exists("/usr/lib/postgresql"), "PostgreSQL is installed where the search looks besides PATH.");
        await using var host = Start(["--Database=true"], new() { ["PATH"] = "/bin" });

        await host.EndedAsync(_cancellation);

        host.Output.ShouldContain("No PostgreSQL server 15 or newer was found on this machine: install it");
    }

    private AppHostProcess Start(params string[] arguments) => Start(arguments, []);

    private AppHostProcess Start(string[] arguments, Dictionary<string, string?> environment) => AppHostProcess.Start(
        "dotnet",
        [AppHostProcess.Program("tests/MarketData.AppHost.TestHost"), $"--DataDirectory={_directory}", .. arguments],
        new Dictionary<string, string?>(environment) { ["DOTNET_ENVIRONMENT"] = null });

    private Task<AppHostProcess> RunningAsync(params string[] arguments) => RunningAsync([], arguments);

    private async Task<AppHostProcess> RunningAsync(Dictionary<string, string?> environment, params string[] arguments)
    {
        var host = Start(arguments, environment);
        await host.ReadyAsync(_cancellation);
        return host;
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(AppHostProcess host, string name) =>
        (await Http.GetFromJsonAsync<Dictionary<string, string>>(new Uri(host.Address(name), "/environment"), _cancellation))!;

    private async Task<object?> ExecuteAsync(AppHostProcess host, string sql)
    {
        var connectionString = (await EnvironmentAsync(host, "Second"))["ConnectionStrings__kept"];
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(_cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(_cancellation);
    }
}
