using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MarketData.Testing;

namespace MarketData.AppHost.Tests;

/// <summary>What stands in the way of a start is said in one sentence that names the setting or the program, and what to do.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-bad-input-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_port_that_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await FailsAsync(
            string.Create(CultureInfo.InvariantCulture, $"Port {port} is taken: stop the program that uses it, or set Ports:Api to another port (0 takes a free one)."),
            string.Create(CultureInfo.InvariantCulture, $"--Ports:Api={port}"));
    }

    [Fact]
    public Task A_port_that_is_none() =>
        FailsAsync("Ports:Web is 'eight': a port is a number from 1 to 65535, or 0 for any free one.", "--Ports:Web=eight");

    [Fact]
    public Task A_kind_of_database_that_there_is_not() =>
        FailsAsync("Database:Kind is 'cloud': set it to auto, embedded or container.", "--Database:Kind=cloud");

    [Fact]
    public async Task A_container_engine_that_is_installed_but_does_not_answer()
    {
        var engine = Program("engine", "exit 1");

        await FailsAsync(
            new Dictionary<string, string?> { ["ASPIRE_CONTAINER_RUNTIME"] = engine, ["PATH"] = $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}" },
            $"Database:Kind is container and {engine} is installed but does not answer; start its engine to use it.",
            "--Database:Kind=container");
    }

    [Fact]
    public async Task A_container_engine_that_is_not_there() => await FailsAsync(
        new Dictionary<string, string?> { ["ASPIRE_CONTAINER_RUNTIME"] = "no-such-engine" },
        "Database:Kind is container and no container engine (no-such-engine) is installed.",
        "--Database:Kind=container");

    [Fact]
    public async Task A_data_directory_of_another_major_version()
    {
        await MakeClusterAsync("9\n");
        await FailsAsync("No PostgreSQL server 9, which made the existing database, was found on this machine");
    }

    [Fact]
    public async Task A_data_directory_that_is_damaged()
    {
        await MakeClusterAsync("garbage");
        await FailsAsync(
            $"The PostgreSQL data directory {_directory}/data/postgres is damaged, for its PG_VERSION is no number: "
            + "restore or remove it, or set DataDirectory to another folder.");
    }

    [Fact]
    public async Task A_data_directory_that_is_something_else()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "data", "postgres"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "data", "postgres", "letter.txt"), "Dear …", _cancellation);
        await FailsAsync(
            $"{_directory}/data/postgres is no PostgreSQL data directory, for it has files but no PG_VERSION: "
            + "remove it, or set DataDirectory to another folder.");
    }

    [Fact]
    public async Task A_data_directory_of_which_files_are_missing()
    {
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Max(Path.GetFileName) : null;
        Assert.SkipWhen(installed is null, "Which major version is installed is told here by Debian's folders alone.");
        await MakeClusterAsync(installed + "\n");
        await using var host = AppHostProcess.Start(
            "dotnet", [AppHostProcess.Program("MarketData.AppHost"), .. Arguments([])], AppHostProcess.LaunchProfile());

        await Eventually.BecomesAsync(
            () => host.Output.Contains("postgres did not start (exit code ", StringComparison.Ordinal), TimeSpan.FromMinutes(1), _cancellation);
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "data"), "", _cancellation);
        await FailsAsync($"The data directory {_directory}/data cannot be made: set DataDirectory to another folder");
    }

    [Fact]
    public async Task No_PostgreSQL_and_no_npm()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "To hide PostgreSQL from the search takes root on Linux.");
        foreach (var program in (string[])["setpriv", "id", "chown", "sh"])
            File.CreateSymbolicLink(Path.Combine(_directory, program), Find(program));
        var empty = Directory.CreateDirectory(Path.Combine(_directory, "empty")).FullName;
        // In a mount namespace of its own, where the folder of Debian's servers is empty.
        var hide = Directory.Exists("/usr/lib/postgresql") ? $"mount --bind {empty} /usr/lib/postgresql && " : "";
        await using var host = AppHostProcess.Start(
            Find("unshare"),
            [
                "--mount", "/bin/sh", "-c", $"{hide} export PATH={_directory} && exec \"$@\"", "sh",
                Find("dotnet"), AppHostProcess.Program("MarketData.AppHost"), .. Arguments([]),
            ],
            AppHostProcess.LaunchProfile());

        await host.EndedAsync(_cancellation);

        Said(host, "No PostgreSQL server 15 or newer was found on this machine: install it (Debian and Ubuntu: apt install postgresql;");
    }

    private Task FailsAsync(string sentence, params string[] settings) => FailsAsync(new Dictionary<string, string?>(), sentence, settings);

    private async Task FailsAsync(Dictionary<string, string?> environment, string sentence, params string[] settings)
    {
        await using var host = AppHostProcess.Start(
            "dotnet",
            [AppHostProcess.Program("MarketData.AppHost"), .. Arguments(settings)],
            new Dictionary<string, string?>(AppHostProcess.LaunchProfile().Concat(environment)));
        await host.EndedAsync(_cancellation);
        Said(host, sentence);
    }

    private string[] Arguments(string[] settings) =>
        ["--Ports:Web=0", "--Ports:Api=0", "--Monitoring:Enabled=false", "--Database:Kind=embedded", $"--DataDirectory={_directory}/data", .. settings];

    private static void Said(AppHostProcess host, string sentence)
    {
        host.ExitCode.ShouldBe(1, host.Output);
        host.Output.ShouldContain(sentence);
        host.Output.ShouldNotContain("   at ");
    }

    private async Task MakeClusterAsync(string version)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "data", "postgres"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "data", "postgres", "PG_VERSION"), version, _cancellation);
    }

    private string Program(string name, string script)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return name;
    }

    private static string Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).First(File.Exists);
}
