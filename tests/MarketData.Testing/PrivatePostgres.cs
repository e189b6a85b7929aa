using System.Diagnostics;
using System.Globalization;
using MarketData.AppHost.Hosting;
using MarketData.AppHost.Postgres;

namespace MarketData.Testing;

/// <summary>
/// A PostgreSQL server on a data directory in the temporary folder, made as the app host makes its embedded one. When this process ends,
/// however it ends, the server and its data are gone.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const int StartAttempts = 5;

    // Reads until the pipe from this process closes: stops the server when one runs, and removes its data.
    private const string Guard = """
        while read -r line; do :; done
        "$@" >/dev/null 2>&1
        rm -rf "$MARKETDATA_LEFTOVER"
        """;

    private readonly EmbeddedPostgresOptions _options;
    private readonly PostgresCluster _cluster;
    private readonly Process? _guard;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private int _port;

    private PrivatePostgres(
        EmbeddedPostgresOptions options, PostgresCluster cluster, Process? guard, IReadOnlyDictionary<string, string>? environment = null) =>
        (_options, _cluster, _guard, _environment) = (options, cluster, guard, environment ?? new Dictionary<string, string>());

    /// <summary>The id of the server's first process, while it runs.</summary>
    public int Postmaster => int.Parse(File.ReadLines(Path.Combine(_cluster.Directory, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Starts a server of its own.</summary>
    /// <param name="directory">Where its data lie; it is removed with the server.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="environment">What its processes get in their environment beside what they inherit.</param>
    /// <exception cref="StartException">Says in one sentence what is missing or in the way.</exception>
    public static async Task<PrivatePostgres> StartNewAsync(
        DirectoryInfo directory, CancellationToken cancellation, IReadOnlyDictionary<string, string>? environment = null)
    {
        var options = new EmbeddedPostgresOptions(directory.FullName) { Disposable = true };
        var cluster = await PostgresCluster.PrepareAsync(options, static _ => { }, cancellation);
        var server = new PrivatePostgres(options, cluster, StartGuard(options, cluster), environment);
        await server.StartAsync(cancellation);
        return server;
    }

    /// <summary>Starts a replica of this server, which streams its log.</summary>
    /// <param name="data">Where its data lie; it is removed with the replica.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StartException">Says in one sentence what is in the way.</exception>
    public async Task<PrivatePostgres> StartReplicaAsync(DirectoryInfo data, CancellationToken cancellation)
    {
        var options = new EmbeddedPostgresOptions(data.FullName) { Disposable = true };
        var (directory, password) = (Path.Combine(options.DataDirectory, "postgres"), PostgresCluster.Password(_options.DataDirectory));
        await File.WriteAllTextAsync(Path.Combine(options.DataDirectory, "postgres.password"), password, cancellation);
        var user = await PostgresUser.OwningAsync(directory, cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var primary = string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={_port} user={PostgresCluster.UserName} password={password}");
        var (exitCode, output) = await Command.RunAsync(
            user.Run([_cluster.Program("pg_basebackup"), "-D", directory, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-d", primary]), "/", cancellation);
        if (exitCode != 0)
            throw new StartException($"PostgreSQL could not copy its data for a replica: {output}");
        var cluster = await PostgresCluster.PrepareAsync(options, static _ => { }, cancellation);
        var replica = new PrivatePostgres(options, cluster, StartGuard(options, cluster));
        await replica.StartAsync(cancellation);
        return replica;
    }

    /// <summary>How to connect to one of the server's databases.</summary>
    public string ConnectionString(string database) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={_port};Username={PostgresCluster.UserName};Password={PostgresCluster.Password(_options.DataDirectory)};Database={database}");

    /// <summary>Starts the server, for the first time or again after it was stopped or killed; then on the port that it had.</summary>
    /// <exception cref="StartException">It does not start; says what it said.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var output = "";
        for (var attempt = 0; attempt < StartAttempts; attempt++)
        {
            var port = _port == 0 ? Ports.Free() : _port;
            var arguments = string.Join(' ', _cluster.Arguments(port.ToString(CultureInfo.InvariantCulture)).Select(argument => $"'{argument}'"));
            var log = Path.Combine(_cluster.Directory, "server.log");
            var start = _cluster.Command("pg_ctl", "start", "--wait", "--silent", "-D", _cluster.Directory, "-l", log, "-o", arguments);
            (var exitCode, output) = await Command.RunAsync(WithEnvironment(start), "/", cancellation);
            if (exitCode == 0)
            {
                _port = port;
                return;
            }

            // A free port can be taken by a faster program before the server takes it, and the processes of a killed server hold its
            // shared memory for a moment.
            output += await File.ReadAllTextAsync(log, cancellation);
            await Task.Delay(200, cancellation);
        }

        throw new StartException($"PostgreSQL did not start: {output}");
    }

    /// <summary>Shuts the server down, breaking off open connections; the data stay.</summary>
    public Task StopAsync() => Command.RunAsync(StopCommand(_cluster, "fast"), "/", CancellationToken.None);

    /// <summary>Kills the server without warning, as a crash would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        using var postmaster = Process.GetProcessById(Postmaster);
        postmaster.Kill();
        await postmaster.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_guard is null)
        {
            await StopAsync();
            Directory.Delete(_options.DataDirectory, recursive: true);
            return;
        }

        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    // Behind the program that becomes the server's user, which must not see it: what LD_PRELOAD names would begin as root.
    private IReadOnlyList<string> WithEnvironment(IReadOnlyList<string> command)
    {
        var program = command.TakeWhile(part => part != _cluster.Program("pg_ctl")).Count();
        return _environment.Count == 0
            ? command
            : [.. command.Take(program), "env", .. _environment.Select(variable => $"{variable.Key}={variable.Value}"), .. command.Skip(program)];
    }

    private static IReadOnlyList<string> StopCommand(PostgresCluster cluster, string mode) =>
        cluster.Command("pg_ctl", "stop", "--wait", "-m", mode, "-D", cluster.Directory);

    private static Process? StartGuard(EmbeddedPostgresOptions options, PostgresCluster cluster)
    {
        if (OperatingSystem.IsWindows())
            return null;
        // A session of its own keeps a terminal's Ctrl+C from it.
        string[] command = ["/bin/sh", "-c", Guard, "postgres-guard", .. StopCommand(cluster, "immediate")];
        var start = Executables.Find("setsid") is { } setsid ? new ProcessStartInfo(setsid, command) : new ProcessStartInfo(command[0], command[1..]);
        (start.RedirectStandardInput, start.WorkingDirectory) = (true, "/");
        start.Environment["MARKETDATA_LEFTOVER"] = options.DataDirectory;
        return Process.Start(start);
    }
}
