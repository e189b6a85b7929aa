using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MarketData.AppHost.Hosting;

namespace MarketData.Testing;

/// <summary>An app host as a person runs it: a process of its own, its output, the addresses that it prints, the signals it gets.</summary>
public sealed partial class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppHostProcess(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything that it has printed so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a command and does not wait until it is ready.</summary>
    public static AppHostProcess Start(string fileName, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(fileName, arguments) { WorkingDirectory = Path.Combine(RepositoryRoot(), "MarketData.AppHost") };
        // What the machine that runs the tests has configured for itself is not the test's.
        foreach (var name in start.Environment.Keys.Where(name => name.Contains("__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new AppHostProcess(start);
    }

    /// <summary>Starts this repository's app host on a data directory, in development, on free ports.</summary>
    /// <param name="dataDirectory">What it keeps.</param>
    /// <param name="settings">More arguments.</param>
    /// <param name="environment">More environment variables.</param>
    public static AppHostProcess StartSystem(
        string dataDirectory, IEnumerable<string> settings, IReadOnlyDictionary<string, string?>? environment = null) => Start(
        "dotnet",
        [
            Program("MarketData.AppHost"), "--Ports:Web=0", "--Ports:Api=0", "--Ports:Prometheus=0", "--Database:Kind=embedded",
            $"--DataDirectory={dataDirectory}", .. settings,
        ],
        new Dictionary<string, string?>(LaunchProfile().Concat(environment ?? new Dictionary<string, string?>())));

    /// <summary>The environment that <c>dotnet run</c> takes from the app host's launch profile, with free ports in place of its own.</summary>
    public static Dictionary<string, string?> LaunchProfile()
    {
        var settings = File.ReadAllText(Path.Combine(RepositoryRoot(), "MarketData.AppHost", "Properties", "launchSettings.json"));
        var profile = JsonNode.Parse(settings)!["profiles"]!["http"]!;
        var environment = profile["environmentVariables"]!.AsObject().ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
        environment["ASPNETCORE_URLS"] = FreeAddress();
        environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = FreeAddress();
        return environment;
    }

    /// <summary>
    /// An address on this machine at which nobody listens just now. Its port is none of those that the system gives to connections, which
    /// another test may be given before this one listens.
    /// </summary>
    public static string FreeAddress()
    {
        int port;
        do
            port = Random.Shared.Next(15_000, 32_000);
        while (!Ports.IsFree(port));
        return string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
    }

    /// <summary>The path of the built program of a project of this repository.</summary>
    public static string Program(string project) => Path.Combine(
        [RepositoryRoot(), project, "bin", .. AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[^2..],
        Path.GetFileName(project) + ".dll"]);

    /// <summary>The root of this repository.</summary>
    public static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MarketData.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return directory.FullName;
    }

    /// <summary>Waits until it says that all is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended before that, or took too long; carries its output.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        var ended = _process.WaitForExitAsync(cancellation);
        if (await Task.WhenAny(_ready.Task, ended, Task.Delay(StartTimeout, cancellation)) != _ready.Task)
            throw new InvalidOperationException($"The app host did not become ready; it printed:\n{Output}");
    }

    /// <summary>The address that it printed under a name.</summary>
    public Uri Address(string name) => _lines.Select(line => PrintedAddress().Match(line))
        .Where(match => match.Success && match.Groups["name"].Value == name)
        .Select(match => new Uri(match.Groups["url"].Value))
        .First();

    /// <summary>Sends a signal by name, such as <c>INT</c> or <c>KILL</c>.</summary>
    public void Signal(string signal) => Signal(signal, Id);

    /// <summary>Sends a signal to any process.</summary>
    public static void Signal(string signal, int id)
    {
        using var kill = Process.Start("kill", ["-" + signal, id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="within">The longest that it may take; a minute when not given.</param>
    public async Task EndedAsync(CancellationToken cancellation, TimeSpan? within = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(within ?? StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    /// <summary>The processes that it has started, and theirs, with their command lines: Aspire's orchestrator, which leaves it at once, too.</summary>
    public IReadOnlyDictionary<int, string> Descendants()
    {
        var all = Processes();
        var found = new Dictionary<int, string>();
        var parents = new Queue<int>([Id]);
        while (parents.TryDequeue(out var parent))
        {
            var monitor = string.Create(CultureInfo.InvariantCulture, $" --monitor {parent} ");
            foreach (var (id, _, command) in all.Where(process => process.Parent == parent || process.Command.Contains(monitor, StringComparison.Ordinal)))
            {
                found[id] = command;
                parents.Enqueue(id);
            }
        }

        return found;
    }

    /// <summary>The first process that another has started.</summary>
    public static int ChildOf(int id) => Processes().First(process => process.Parent == id).Id;

    /// <summary>Waits until none of the processes runs any more.</summary>
    public static Task NoneIsLeftAsync(IReadOnlyDictionary<int, string> processes, TimeSpan within, CancellationToken cancellation) =>
        Eventually.BecomesAsync(
            () => !Processes().Exists(process => processes.TryGetValue(process.Id, out var command) && command == process.Command),
            within,
            cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            var started = Descendants();
            Signal("TERM");
            try
            {
                await EndedAsync(CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }

            // The orchestrator ends a moment later; until then it may write where a test cleans up.
            await NoneIsLeftAsync(started, StopTimeout, CancellationToken.None);
        }

        _process.Dispose();
    }

    private static List<(int Id, int Parent, string Command)> Processes()
    {
        var start = new ProcessStartInfo("ps", ["-eo", "pid=,ppid=,stat=,args="]) { RedirectStandardOutput = true };
        using var ps = Process.Start(start)!;
        var lines = ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ps.WaitForExit();
        return
        [
            .. from line in lines
               let words = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
               where words.Length == 4 && !words[2].StartsWith('Z')
               select (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture), words[3]),
        ];
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line == "Press Ctrl+C to stop.")
            _ready.TrySetResult();
    }

    [GeneratedRegex(@"^  (?<name>\S.*?)\s{2,}(?<url>https?://\S+)$")]
    private static partial Regex PrintedAddress();
}
