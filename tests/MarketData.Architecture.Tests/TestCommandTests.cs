using System.Diagnostics;

namespace MarketData.Architecture.Tests;

/// <summary>
/// What <c>test.sh</c> does about programs that a machine lacks. It runs with a path of its own, on which apt-get is a fake that notes what it
/// is asked for, and dotnet one that ends the script at its build.
/// </summary>
public sealed class TestCommandTests : IDisposable
{
    private static readonly string[] Tools =
        ["bash", "sh", "env", "dirname", "ls", "cat", "rm", "ln", "mktemp", "grep", "sed", "awk", "tail", "wc", "pgrep", "pkill"];

    // What Debian calls what brings it.
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["chromium-headless-shell"] = "chromium-headless-shell",
        ["promtool"] = "prometheus",
        ["amtool"] = "prometheus-alertmanager",
        ["npm"] = "npm",
        ["Rscript"] = "r-base-core",
        ["podman"] = "podman",
        ["runc"] = "runc",
        ["iptables"] = "iptables",
        ["docker-registry"] = "docker-registry",
        ["haproxy"] = "haproxy",
        ["openssl"] = "openssl",
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-test-command-").FullName;

    public static TheoryData<string> Programs => [.. Packages.Keys];

    private string Bin => Path.Combine(_directory, "bin");

    private string[] Asked => File.Exists(Path.Combine(_directory, "asked")) ? File.ReadAllLines(Path.Combine(_directory, "asked")) : [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task What_is_missing_is_installed_and_nothing_else(string missing)
    {
        Prepare(user: 0, [.. Packages.Keys.Where(program => program != missing)], Installing);

        var output = await RunAsync();

        // These two are looked for by their full paths, whatever there is here.
        Asked.Where(line => line.Split(' ')[^1] is not ("python3-pandas" or "faketime")).ShouldBe(
            ["update -q", $"install -y -q --no-install-recommends {Packages[missing]}"], ignoreOrder: true);
        output.ShouldNotContain("is missing");
    }

    [Theory]
    [InlineData("chromium-headless-shell", "Chromium is missing", true)]
    [InlineData("promtool", "Prometheus with promtool is missing", true)]
    [InlineData("amtool", "Alertmanager with amtool is missing", true)]
    [InlineData("npm", "npm is missing", true)]
    [InlineData("npm", "npm is missing", false)]
    public async Task What_the_tests_cannot_do_without_is_named_with_its_package(string missing, string sentence, bool isRoot)
    {
        Prepare(isRoot ? 0 : 1000, [.. Packages.Keys.Where(program => program != missing)], "exit 100");

        var output = await RunAsync();

        output.ShouldContain($"{sentence}, which the tests need: install it, for example with 'sudo apt-get install {Packages[missing]}'.");
        output.ShouldEndWith("0 passed, 1 failed");
        if (!isRoot)
            Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_only_some_tests_need_may_be_missing()
    {
        Prepare(user: 0, ["chromium-headless-shell", "promtool", "amtool", "npm"], "exit 100");

        var output = await RunAsync();

        output.ShouldContain("the build runs");
        output.ShouldNotContain("is missing");
    }

    // Makes the program that a package brings, as a real one would.
    private string Installing => $"""
        case "${"{@: -1}"}" in
        {string.Join('\n', Packages.Select(pair => $"{pair.Value}) ln -s /bin/true '{Bin}/{pair.Key}' ;;"))}
        esac
        """;

    private void Prepare(int user, string[] programs, string aptGet)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "test.sh is for a Unix shell.");
        Directory.CreateDirectory(Bin);
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(Bin, tool), Find(tool));
        foreach (var program in programs.Append("initdb"))
            Write(program, "exit 0");
        Write("id", $"echo {user}");
        Write("apt-get", $"echo \"$*\" >>'{_directory}/asked'\n{aptGet}");
        Write("dotnet", "echo the build runs; exit 1");
    }

    private void Write(string program, string script)
    {
        var path = Path.Combine(Bin, program);
        File.WriteAllText(path, $"#!{Find("bash")}\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private async Task<string> RunAsync()
    {
        var start = new ProcessStartInfo(Find("bash"), [Path.Combine(MarketDataArchitecture.Root(), "test.sh"), "None"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Bin;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.ShouldBe(1);
        return (await error + await output).Trim();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Concat(["/usr/bin", "/bin"])
        .Select(folder => Path.Combine(folder, program)).First(File.Exists);
}
