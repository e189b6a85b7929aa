using MarketData.Testing;

namespace MarketData.AppHost.Tests;

/// <summary>The app host as a process: how it ends, and what it leaves.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-apphost-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Ctrl_C_stops_everything()
    {
        await using var host = Start(_directory);
        await host.ReadyAsync(_cancellation);
        var descendants = host.Descendants();
        descendants.Values.ShouldContain(command => command.Contains("/postgres ", StringComparison.Ordinal));
        descendants.Values.ShouldContain(command => command.Contains("MarketData.Enrichment", StringComparison.Ordinal));

        host.Signal("INT");
        await host.EndedAsync(_cancellation);

        host.ExitCode.ShouldBe(0);
        await NothingIsLeftAsync(descendants);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_violent_death_or_that_of_its_dotnet_run_leaves_nothing_running_and_the_next_start_finds_the_data(bool dotnetRun)
    {
        await using (var first = dotnetRun ? StartByDotnetRun() : Start(_directory))
        {
            await first.ReadyAsync(_cancellation);
            await AskAsync(first, HttpMethod.Post, "enrichment/pause");
            var descendants = first.Descendants();

            first.Signal("KILL");

            await NothingIsLeftAsync(descendants);
        }

        await using var second = Start(_directory);
        await second.ReadyAsync(_cancellation);

        (await AskAsync(second, HttpMethod.Get, "enrichment/dashboard/overview")).ShouldContain("\"scheduler_status\":\"paused\"");
    }

    [Fact]
    public async Task The_violent_death_of_the_orchestrator_leaves_no_database_running()
    {
        await using var host = Start(_directory);
        await host.ReadyAsync(_cancellation);
        var descendants = host.Descendants();
        var postgres = descendants.Where(process => process.Value.Contains("/postgres ", StringComparison.Ordinal)).ToDictionary();
        postgres.ShouldNotBeEmpty();

        try
        {
            // Those that watch over the resources for it included, which would have stopped them.
            foreach (var (id, _) in descendants.Where(process => process.Value.Contains("/dcp ", StringComparison.Ordinal)))
                AppHostProcess.Signal("KILL", id);

            await NothingIsLeftAsync(postgres);
        }
        finally
        {
            host.Signal("KILL");
            foreach (var id in descendants.Keys)
                AppHostProcess.Signal("KILL", id);
        }
    }

    [Fact]
    public async Task Two_copies_run_side_by_side_but_not_on_the_same_data()
    {
        await using var one = Start(_directory);
        await one.ReadyAsync(_cancellation);

        await using var same = Start(_directory);
        await same.EndedAsync(_cancellation);
        same.ExitCode.ShouldBe(1);
        same.Output.ShouldContain($"The data directory {_directory} is in use by another copy that runs: stop that one, or set DataDirectory to another folder.");

        await using var other = Start(Path.Combine(_directory, "other"));
        await other.ReadyAsync(_cancellation);
        other.Address("Dashboard").ShouldNotBe(one.Address("Dashboard"));
        other.Address("Aspire dashboard").ShouldNotBe(one.Address("Aspire dashboard"));
        (await Http.GetAsync(one.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();
        (await Http.GetAsync(other.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task An_ordinary_user_runs_it_too()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "The tests do not run as root, so that every other test shows this.");
        var packages = Environment.GetEnvironmentVariable("HOME")!;
        var isOpen = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(packages) & UnixFileMode.OtherExecute) != 0;
        Assert.SkipUnless(isOpen, "The packages lie in root's home, which nobody else may enter.");
        var home = Directory.CreateDirectory(Path.Combine(_directory, "home")).FullName;
        System.Diagnostics.Process.Start("chown", ["-R", "nobody", _directory]).WaitForExit();
        string[] become = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
        await using var host = AppHostProcess.Start(
            "setpriv",
            [
                .. become, "dotnet", AppHostProcess.Program("MarketData.AppHost"),
                .. Settings, $"--DataDirectory={_directory}/data", "--Ports:Web=0", "--Ports:Api=0", "--Database:Kind=embedded",
            ],
            new Dictionary<string, string?>(AppHostProcess.LaunchProfile()) { ["HOME"] = home });

        await host.ReadyAsync(_cancellation);

        (await Http.GetAsync(host.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();
    }

    private static readonly string[] Settings = ["--Enrichment:Symbols=AAPL:stock:1d", "--Monitoring:Enabled=false"];

    private AppHostProcess StartByDotnetRun() => AppHostProcess.Start(
        "dotnet",
        [
            "run", "--no-build", "--no-launch-profile", "--project", Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.AppHost"), "--",
            .. Settings, "--Ports:Web=0", "--Ports:Api=0", "--Database:Kind=embedded", $"--DataDirectory={_directory}",
        ],
        AppHostProcess.LaunchProfile());

    private static AppHostProcess Start(string directory) => AppHostProcess.StartSystem(directory, Settings);

    private Task NothingIsLeftAsync(IReadOnlyDictionary<int, string> processes) => Eventually.BecomesAsync(
        () => AppHostProcess.StillRunning(processes).Count == 0, TimeSpan.FromSeconds(20), _cancellation);

    private async Task<string> AskAsync(AppHostProcess host, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Address("Dashboard"), "/api/v1/" + path));
        using var response = await Http.SendAsync(request, _cancellation);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(_cancellation);
    }
}
