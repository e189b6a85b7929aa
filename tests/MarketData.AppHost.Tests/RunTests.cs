using System.Reflection;
using System.Text.Json;
using MarketData.AppHost.Hosting;
using MarketData.AppHost.Postgres;
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
    public async Task Its_violent_death_or_that_of_its_dotnet_run_leaves_nothing_running_and_the_next_start_goes_on_with_the_run()
    {
        Guid run;
        await using (var first = Start(_directory, Answering(TimeSpan.FromSeconds(10))))
        {
            await first.ReadyAsync(_cancellation);
            run = (await OverviewAsync(first)).GetProperty("current_run").GetProperty("job_id").GetGuid();

            await AskAsync(first, HttpMethod.Post, "enrichment/pause");

            await KilledAsync(first);
        }

        await using (var second = StartByDotnetRun(Answering(TimeSpan.Zero)))
        {
            await second.ReadyAsync(_cancellation);
            (await OverviewAsync(second)).GetProperty("scheduler_status").GetString().ShouldBe("paused");
            await AskAsync(second, HttpMethod.Post, "enrichment/resume");
            var ended = await LastRunAsync(second);
            ended.GetProperty("job_id").GetGuid().ShouldBe(run);
            ended.GetProperty("status").GetString().ShouldBe("completed");
            ended.GetProperty("symbols_successful").GetInt32().ShouldBe(4);
            await AskAsync(second, HttpMethod.Post, "enrichment/pause");

            await KilledAsync(second);
        }

        await using var third = Start(_directory, Answering(TimeSpan.Zero));
        await third.ReadyAsync(_cancellation);
        var overview = await OverviewAsync(third);
        overview.GetProperty("scheduler_status").GetString().ShouldBe("paused");
        overview.GetProperty("last_run_result").GetProperty("job_id").GetGuid().ShouldBe(run);
    }

    [Fact]
    public async Task Two_copies_run_side_by_side_but_not_on_the_same_data_and_Ctrl_C_stops_all_of_one()
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
        (await Http.GetAsync(other.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();

        var descendants = one.Descendants();
        descendants.Values.ShouldContain(command => command.Contains("/postgres ", StringComparison.Ordinal));
        descendants.Values.ShouldContain(command => command.Contains("MarketData.Enrichment", StringComparison.Ordinal));
        (await Http.GetAsync(one.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();
        one.Signal("INT");
        await one.EndedAsync(_cancellation);
        one.ExitCode.ShouldBe(0);
        await NothingIsLeftAsync(descendants);

        await OrchestratorKilledAsync(other);
    }

    [Fact]
    public async Task An_ordinary_user_runs_it_too()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "The tests do not run as root, so that every other test shows this.");
        Assert.SkipUnless(ClosedFolder(AppHostProcess.RepositoryRoot()) is null, "The repository lies in a folder that only its owner may enter.");
        var home = Directory.CreateDirectory(Path.Combine(_directory, "home")).FullName;
        // Of its own, as a user's are who builds for himself: those that root has restored are for root alone.
        var dcp = await CopyAsync("dcpclipath", "dcp");
        var dashboard = await CopyAsync("aspiredashboardpath", "dashboard");
        await RunAsync("chown", "-R", "nobody", _directory);
        await using var host = AppHostProcess.Start(
            "unshare",
            [
                "--mount", "/bin/sh", "-c", $"{OpenPackages()} exec \"$@\"", "sh",
                "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "dotnet", AppHostProcess.Program("MarketData.AppHost"),
                .. Settings, $"--DataDirectory={_directory}/data", "--Ports:Web=0", "--Ports:Api=0", "--Database:Kind=embedded",
            ],
            new Dictionary<string, string?>(AppHostProcess.LaunchProfile())
            {
                ["HOME"] = home,
                ["DcpPublisher__CliPath"] = dcp,
                ["DcpPublisher__DashboardPath"] = dashboard,
            });

        await host.ReadyAsync(_cancellation);

        (await Http.GetAsync(host.Address("Dashboard"), _cancellation)).EnsureSuccessStatusCode();
    }

    private static readonly string[] Settings = ["--Enrichment:Symbols=AAPL:stock:1d", "--Monitoring:Enabled=false"];

    // Several symbols, whose providers answer as late as is said: a run that lasts is still at work when the dashboard is there.
    private static string[] Answering(TimeSpan delay) =>
    [
        "--Enrichment:Symbols=AAPL:stock:1d MSFT:stock:1d+1h SPY:etf:1d BTC-USD:crypto:1h", "--Monitoring:Enabled=false",
        "--Simulator:Faults:0:Kind=latency", $"--Simulator:Faults:0:DelaySeconds={delay.TotalSeconds:0}",
    ];

    private AppHostProcess StartByDotnetRun(string[] settings) => AppHostProcess.Start(
        "dotnet",
        [
            "run", "--no-build", "--no-launch-profile", "--project", Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.AppHost"), "--",
            .. settings, "--Ports:Web=0", "--Ports:Api=0", "--Database:Kind=embedded", $"--DataDirectory={_directory}",
        ],
        AppHostProcess.LaunchProfile());

    private static AppHostProcess Start(string directory, string[]? settings = null) => AppHostProcess.StartSystem(directory, settings ?? Settings);

    private async Task KilledAsync(AppHostProcess host)
    {
        var descendants = host.Descendants();
        host.Signal("KILL");
        await NothingIsLeftAsync(descendants);
    }

    // Those that watch over the resources for it included, which would have stopped them.
    private async Task OrchestratorKilledAsync(AppHostProcess host)
    {
        var descendants = host.Descendants();
        var postgres = descendants.Where(process => process.Value.Contains("/postgres ", StringComparison.Ordinal)).ToDictionary();
        postgres.ShouldNotBeEmpty();
        try
        {
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

    private Task NothingIsLeftAsync(IReadOnlyDictionary<int, string> processes) =>
        AppHostProcess.NoneIsLeftAsync(processes, TimeSpan.FromSeconds(20), _cancellation);

    private async Task<JsonElement> LastRunAsync(AppHostProcess host)
    {
        JsonElement run = default;
        await Eventually.BecomesAsync(
            async () => (run = (await OverviewAsync(host)).GetProperty("last_run_result")).ValueKind == JsonValueKind.Object,
            TimeSpan.FromMinutes(3),
            _cancellation);
        return run;
    }

    private async Task<JsonElement> OverviewAsync(AppHostProcess host) =>
        JsonSerializer.Deserialize<JsonElement>(await AskAsync(host, HttpMethod.Get, "enrichment/dashboard/overview"));

    private async Task<string> AskAsync(AppHostProcess host, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Address("Dashboard"), "/api/v1/" + path));
        using var response = await Http.SendAsync(request, _cancellation);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(_cancellation);
    }

    // One of Aspire's programs, with its folder, where the build of the app host found it.
    private async Task<string> CopyAsync(string program, string name)
    {
        var path = AspireProgram(program);
        var copy = Path.Combine(_directory, name);
        await RunAsync("cp", "-r", Path.GetDirectoryName(path)!, copy);
        return Path.Combine(copy, Path.GetFileName(path));
    }

    private static string AspireProgram(string name) => typeof(EmbeddedPostgresOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == name).Value!;

    // In a mount namespace of its own, the home of the user who restored the packages has nothing but them, and everybody may enter it.
    private string OpenPackages()
    {
        var packages = Path.GetFullPath(Path.Combine(AspireProgram("dcpclipath"), "..", "..", "..", ".."));
        if (ClosedFolder(packages) is not { } closed)
            return "";
        var kept = Directory.CreateDirectory(Path.Combine(_directory, "packages")).FullName;
        return $"mount --bind '{packages}' '{kept}' && mount -t tmpfs -o mode=755 none '{closed}' && mkdir -p '{packages}' && mount --bind '{kept}' '{packages}' &&";
    }

    // The outermost of a folder and those around it that only its owner may enter.
    private static string? ClosedFolder(string path)
    {
        string? closed = null;
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) == 0)
                closed = folder;
        }

        return closed;
    }

    private async Task RunAsync(params string[] command) =>
        (await Command.RunAsync(command, workingDirectory: null, _cancellation)).ExitCode.ShouldBe(0);
}
