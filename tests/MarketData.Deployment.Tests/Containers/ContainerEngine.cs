using System.Diagnostics;
using System.Globalization;
using MarketData.Testing.Tools;

namespace MarketData.Deployment.Tests.Containers;

/// <summary>
/// Podman with a store and a network of its own. When this process ends, however it ends, its containers are removed, and everything that
/// was kept.
/// </summary>
internal sealed class ContainerEngine : IAsyncDisposable
{
    // Reads until the pipe from this process closes, then ends every program whose id is kept, and removes containers, network and store.
    private const string Guard = """
        while read -r line; do :; done
        for id in "$MARKETDATA_LEFTOVER"/*.pid; do [ -e "$id" ] && kill -KILL "$(cat "$id")"; done
        "$@" rm --all --force --time 0
        "$@" network rm --force marketdata
        "$@" system reset --force
        rm -rf "$MARKETDATA_LEFTOVER"
        """;

    // What Debian's podman needs where nothing but these runs: no systemd, and processes that may not have more than this.
    private const string Settings = """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        """;

    private static readonly string[] Programs = ["podman", "runc", "iptables", "docker-registry", "haproxy", "openssl", "setsid"];

    private readonly string[] _options;
    private readonly Process _guard;

    private ContainerEngine(string directory, string[] options, Process guard) => (Directory, _options, _guard) = (directory, options, guard);

    /// <summary>Where everything is kept.</summary>
    public string Directory { get; }

    /// <summary>The address that this machine has in the containers' network.</summary>
    public string Gateway { get; private set; } = "";

    /// <summary>The containers' network.</summary>
    public string Network { get; private set; } = "";

    /// <summary>Why no containers can be run here; null when nothing is known that speaks against it.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "The containers are Linux's.";
        if (Environment.UserName != "root")
            return "Containers with addresses of their own need root.";
        return Programs.Where(program => Tool.Find(program) is null).ToList() is { Count: > 0 } missing
            ? $"Not installed: {string.Join(", ", missing)}. On Debian test.sh installs them."
            : null;
    }

    /// <summary>Makes the store and the network.</summary>
    public static async Task<ContainerEngine> StartAsync()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("marketdata-containers-").FullName;
        var settings = Path.Combine(directory, "containers.conf");
        await File.WriteAllTextAsync(settings, Settings);
        string[] options =
        [
            "env", $"CONTAINERS_CONF={settings}", "podman", "--root", $"{directory}/store", "--runroot", $"{directory}/run", "--network-config-dir",
            $"{directory}/networks",
        ];
        var guard = new ProcessStartInfo("setsid", ["sh", "-c", Guard, "container-guard", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        guard.Environment["MARKETDATA_LEFTOVER"] = directory;
        var engine = new ContainerEngine(directory, options, Process.Start(guard)!);
        // Of its own too, beside those that other programs have made.
        var subnet = string.Create(CultureInfo.InvariantCulture, $"10.231.{Environment.ProcessId % 250}");
        (engine.Gateway, engine.Network) = ($"{subnet}.1", $"{subnet}.0/24");
        await engine.RunAsync("network", "create", "--disable-dns", "--subnet", engine.Network, "marketdata");
        return engine;
    }

    /// <summary>Runs a command of podman to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; carries what it said.</exception>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await TryAsync(arguments);
        return code == 0
            ? output.Trim()
            : throw new InvalidOperationException($"podman {string.Join(' ', arguments)} ended with {code}: {output}");
    }

    /// <summary>Runs a command of podman to its end.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    public Task<(int ExitCode, string Output)> TryAsync(params string[] arguments) =>
        Tool.RunAsync("/", _options[0], [.. _options[1..], .. arguments]);

    /// <summary>Runs a shell's command line in which <c>$podman</c> is podman on this store.</summary>
    public async Task PipeAsync(string command)
    {
        var line = $"set -o pipefail; podman='{string.Join(' ', _options)}'; {command}";
        var (code, output) = await Tool.RunAsync("/", "bash", "-c", line);
        if (code != 0)
            throw new InvalidOperationException($"{command} ended with {code}: {output}");
    }

    /// <summary>Starts a program of this machine that ends with the engine.</summary>
    /// <param name="name">Its name here, once; its output goes to a file of that name.</param>
    /// <param name="command">The program and its arguments.</param>
    public async Task StartProgramAsync(string name, params string[] command)
    {
        var line = $"setsid \"$@\" >'{Directory}/{name}.log' 2>&1 </dev/null & echo $! >'{Directory}/{name}.pid'";
        var (code, output) = await Tool.RunAsync("/", "bash", ["-c", line, name, .. command]);
        if (code != 0)
            throw new InvalidOperationException($"{name} did not start: {output}");
    }

    /// <summary>What a program that was started has printed.</summary>
    public Task<string> LogOfAsync(string name) => File.ReadAllTextAsync(Path.Combine(Directory, name + ".log"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.StandardOutput.ReadToEndAsync();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }
}
