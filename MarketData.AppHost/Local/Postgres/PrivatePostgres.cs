using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Postgres;

/// <summary>
/// A PostgreSQL server of our own: its data directory, its port on the loopback address, its life tied to this process'. Whatever
/// way this process ends, the server shuts down; the next start finds its data.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string UserName = "postgres";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(4);

    private readonly PrivatePostgresOptions _options;
    private readonly PostgresInstallation _installation;
    private readonly PostgresUser _user;
    private readonly Action<string> _log;
    private ChildProcess? _server;

    private PrivatePostgres(PrivatePostgresOptions options, PostgresInstallation installation, PostgresUser user, string password, Action<string> log)
    {
        (_options, _installation, _user, _log) = (options, installation, user, log);
        (Password, Port) = (password, options.Port);
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>The password of its one user, made when the data directory was and kept beside it.</summary>
    public string Password { get; }

    /// <summary>Ends when the server has ended, whether it was asked to or not.</summary>
    public Task<int> Exited => _server?.Exited ?? Task.FromResult(0);

    private string Cluster => Path.Combine(_options.DataDirectory, "postgres");

    /// <summary>Finds PostgreSQL, makes the data directory when there is none yet, starts the server and waits until it takes connections.</summary>
    /// <param name="options">Where and how to run.</param>
    /// <param name="log">Told every line of the server's log.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="StartException">Says in one sentence what is missing or in the way.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivatePostgresOptions options, Action<string> log, CancellationToken cancellation)
    {
        options = options with { DataDirectory = Path.GetFullPath(options.DataDirectory) };
        Directory.CreateDirectory(options.DataDirectory);
        var cluster = Path.Combine(options.DataDirectory, "postgres");
        var installation = await PostgresInstallation.FindAsync(options.DataDirectory, ClusterVersion(cluster), log, cancellation);
        var user = await PostgresUser.OwningAsync(cluster, cancellation);
        var password = await PasswordAsync(options.DataDirectory, cancellation);
        var server = new PrivatePostgres(options, installation, user, password, log);
        if (ClusterVersion(cluster) is null)
            await server.InitializeAsync(cancellation);
        await server.StartAsync(cancellation);
        return server;
    }

    /// <summary>How to connect to one of the server's databases.</summary>
    public string ConnectionString(string database) => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={UserName};Password={Password};Database={database}");

    /// <summary>Starts the server, for the first time or again after it was stopped or killed; then on the port that it had.</summary>
    /// <exception cref="StartException">Says in one sentence what is in the way.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await AwaitPredecessorAsync(cancellation);
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            var port = Port == 0 ? FreePort() : Port;
            var said = new RecentLines(_log);
            var predecessor = string.Concat(PidFile(Cluster));
            _server = ChildProcess.Start(ServerCommand(port), said.Add);
            if (await BecomesReadyAsync(_server, predecessor, cancellation))
            {
                Port = port;
                return;
            }

            await _server.DisposeAsync();
            _server = null;
            // Worth another try: a free port can be taken by a faster program before the server takes it, and the processes of a
            // killed server hold its shared memory for a moment.
            if (elapsed.Elapsed > RetryPeriod)
                throw new StartException($"PostgreSQL did not start on port {port}; it last said: {said}");
            await Task.Delay(200, cancellation);
        }
    }

    /// <summary>Shuts the server down, breaking off open connections; the data stays.</summary>
    public async Task StopAsync()
    {
        if (_server is null)
            return;
        if (OperatingSystem.IsWindows())
            await Command.RunAsync([_installation.Program("pg_ctl"), "stop", "-m", "fast", "-D", Cluster], null, CancellationToken.None);
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Kills the server without warning, as a crash would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (_server is null || PostmasterId(Cluster) is not { } id)
            return;
        using (var postmaster = Process.GetProcessById(id))
            postmaster.Kill();
        await _server.Exited;
        await _server.DisposeAsync();
        _server = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_options.Disposable && Directory.Exists(_options.DataDirectory))
            Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private static int? ClusterVersion(string cluster)
    {
        var file = Path.Combine(cluster, "PG_VERSION");
        try
        {
            return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The database in {cluster} belongs to another user: run this as that user, or set DataDirectory to another folder.", e);
        }
    }

    private static async Task<string> PasswordAsync(string dataDirectory, CancellationToken cancellation)
    {
        var file = Path.Combine(dataDirectory, "postgres.password");
        if (File.Exists(file))
            return (await File.ReadAllTextAsync(file, cancellation)).Trim();
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, options);
        await writer.WriteAsync(password);
        return password;
    }

    private async Task InitializeAsync(CancellationToken cancellation)
    {
        // initdb runs as the server's user, which may not read our copy of the password.
        var passwordFile = Path.Combine(Cluster, "..", "postgres.initial-password");
        await File.WriteAllTextAsync(passwordFile, Password, cancellation);
        await _user.OwnAsync(passwordFile, cancellation);
        string[] durability = _options.Disposable ? ["--no-sync"] : [];
        var (exitCode, output) = await Command.RunAsync(
            _user.Run([
                _installation.Program("initdb"), "--pgdata", Cluster, "--username", UserName, "--pwfile", passwordFile,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions", .. durability]),
            "/", cancellation);
        File.Delete(passwordFile);
        if (exitCode != 0)
            throw new StartException($"PostgreSQL could not make its data directory {Cluster}: {output.Trim().ReplaceLineEndings(" ")}");
    }

    // A server whose app host was killed is still shutting down for a moment. And a power cut leaves a postmaster.pid whose number may
    // by now belong to any other program, which would keep the server from starting.
    private async Task AwaitPredecessorAsync(CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        while (PostmasterId(Cluster) is { } id && ProcessName(id) is { } name)
        {
            if (!name.StartsWith("postgres", StringComparison.Ordinal))
            {
                File.Delete(Path.Combine(Cluster, "postmaster.pid"));
                return;
            }

            if (patience.Elapsed > StartTimeout)
                throw new StartException($"Another PostgreSQL server (process {id}) is using {Cluster}: stop it, or set DataDirectory to another folder.");
            await Task.Delay(100, cancellation);
        }
    }

    private static string? ProcessName(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static int? PostmasterId(string cluster) => PidFile(cluster) is [var id, ..] && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;

    private static string[] PidFile(string cluster)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(cluster, "postmaster.pid"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private ChildCommand ServerCommand(int port)
    {
        var settings = Settings(port).SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
        var words = _user.Run([_installation.Program("postgres"), "-D", Cluster, .. settings]);
        return new ChildCommand(words[0], [.. words.Skip(1)])
        {
            WorkingDirectory = OperatingSystem.IsWindows() ? null : "/",
            StopSignal = "INT",
            StopGrace = TimeSpan.FromSeconds(30),
            DeleteAfterwards = _options is { Disposable: true, Restarts: false } ? _options.DataDirectory : null,
        };
    }

    private Dictionary<string, string> Settings(int port)
    {
        var settings = new Dictionary<string, string>
        {
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = "",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["max_wal_size"] = "2GB",
            ["jit"] = "off",
            ["random_page_cost"] = "1.1",
            ["log_checkpoints"] = "off",
            // A statement that fails is for the service that sent it to explain.
            ["log_min_messages"] = "log",
            ["log_line_prefix"] = "",
        };
        if (_installation.HasTimescale)
            settings["shared_preload_libraries"] = "timescaledb";
        if (_options.Disposable)
            (settings["fsync"], settings["full_page_writes"], settings["synchronous_commit"]) = ("off", "off", "off");
        foreach (var (name, value) in _options.Settings)
            settings[name] = value;
        return settings;
    }

    // The eighth line of postmaster.pid is what pg_ctl waits for, too.
    private async Task<bool> BecomesReadyAsync(ChildProcess server, string predecessor, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        while (PidFile(Cluster) is not [_, _, _, _, _, _, _, var status, ..] file || status.Trim() != "ready" || string.Concat(file) == predecessor)
        {
            if (server.Exited.IsCompleted || patience.Elapsed > StartTimeout)
                return false;
            await Task.Delay(20, cancellation);
        }

        return true;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
