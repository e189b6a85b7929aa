using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MarketData.AppHost.Hosting;

namespace MarketData.AppHost.Postgres;

/// <summary>The data directory of an embedded PostgreSQL server (its "cluster"), and the command that runs a server on it.</summary>
internal sealed class PostgresCluster
{
    /// <summary>The server's one user.</summary>
    public const string UserName = "postgres";

    // SIGTERM, which the orchestrator sends, has PostgreSQL wait until every client has gone; SIGINT breaks their connections off.
    private const string StopFast = """
        "$@" & server=$!
        trap 'kill -INT $server' TERM INT HUP
        wait $server; status=$?
        while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
        exit $status
        """;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(60);

    private readonly EmbeddedPostgresOptions _options;
    private readonly PostgresInstallation _installation;
    private readonly PostgresUser _user;

    private PostgresCluster(EmbeddedPostgresOptions options, PostgresInstallation installation, PostgresUser user) =>
        (_options, _installation, _user) = (options, installation, user);

    /// <summary>The full path of the cluster.</summary>
    public string Directory => DirectoryIn(_options.DataDirectory);

    /// <summary>Finds the programs, and makes the data directory when there is none yet.</summary>
    /// <param name="options">Where and how the server is to run.</param>
    /// <param name="log">Told when something is going to take a while.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StartException">Says in one sentence what is missing or in the way.</exception>
    public static async Task<PostgresCluster> PrepareAsync(
        EmbeddedPostgresOptions options, Action<string> log, CancellationToken cancellation)
    {
        var directory = DirectoryIn(options.DataDirectory);
        var version = Version(directory);
        var installation = await PostgresInstallation.FindAsync(options.DataDirectory, version, log, cancellation);
        var user = await PostgresUser.OwningAsync(directory, cancellation);
        var cluster = new PostgresCluster(options, installation, user);
        if (version is null)
            await cluster.InitializeAsync(cancellation);
        await AwaitPredecessorAsync(directory, cancellation);
        return cluster;
    }

    /// <summary>Whether a data directory has been made there.</summary>
    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(DirectoryIn(dataDirectory), "PG_VERSION"));

    /// <summary>The major version of the server that made the data in a directory; null when there are none.</summary>
    /// <exception cref="StartException">The directory belongs to somebody else, or what is in it is no PostgreSQL database.</exception>
    public static int? VersionIn(string dataDirectory) => Version(DirectoryIn(dataDirectory));

    /// <summary>The password of the server's user: a random one, made at first use and kept in a file that only its owner reads.</summary>
    public static string Password(string dataDirectory) =>
        StoredSecret.Read(dataDirectory, "postgres.password", () => RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>The full path of one of the installation's programs.</summary>
    public string Program(string name) => _installation.Program(name);

    /// <summary>A command of the installation, as the server's user has to be told to run it.</summary>
    /// <param name="program">For example <c>pg_ctl</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    public IReadOnlyList<string> Command(string program, params IReadOnlyList<string> arguments) =>
        _user.Run([_installation.Program(program), .. arguments]);

    /// <summary>The settings of the server, as its arguments.</summary>
    /// <param name="port">The port on the loopback address.</param>
    public IEnumerable<string> Arguments(string port) =>
        Settings(port).SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });

    /// <summary>The command that runs a server, which shuts down with its parent, however that ends.</summary>
    /// <param name="port">The port on the loopback address.</param>
    public IReadOnlyList<string> ServerCommand(string port)
    {
        string[] server = [_installation.Program("postgres"), "-D", Directory, .. Arguments(port)];
        if (OperatingSystem.IsWindows())
            return server;
        string[] stopFast = ["/bin/sh", "-c", StopFast, "postgres-launcher"];
        return PostgresUser.SetPriv is { } setpriv
            ? [setpriv, "--pdeathsig", "TERM", .. stopFast, .. _user.Run(server, "--pdeathsig", "INT")]
            : [.. stopFast, .. server];
    }

    private static string DirectoryIn(string dataDirectory) => Path.Combine(dataDirectory, "postgres");

    private static int? Version(string directory)
    {
        var file = Path.Combine(directory, "PG_VERSION");
        try
        {
            if (File.Exists(file))
            {
                return int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var version)
                    ? version
                    : throw new StartException(
                    $"The PostgreSQL data directory {directory} is damaged, for its PG_VERSION is no number: "
                    + "restore or remove it, or set DataDirectory to another folder.");
            }

            return !System.IO.Directory.Exists(directory) || !System.IO.Directory.EnumerateFileSystemEntries(directory).Any()
                ? null
                : throw new StartException(
                $"{directory} is no PostgreSQL data directory, for it has files but no PG_VERSION: "
                + "remove it, or set DataDirectory to another folder.");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException(
                $"The database in {directory} belongs to another user: run this as that user, or set DataDirectory to another folder.", e);
        }
    }

    private async Task InitializeAsync(CancellationToken cancellation)
    {
        // initdb runs as the server's user, which may not read our copy of the password.
        var passwordFile = Path.Combine(_options.DataDirectory, "postgres.initial-password");
        await File.WriteAllTextAsync(passwordFile, Password(_options.DataDirectory), cancellation);
        await _user.OwnAsync(passwordFile, cancellation);
        string[] durability = _options.Disposable ? ["--no-sync"] : [];
        var (exitCode, output) = await Hosting.Command.RunAsync(
            Command(
                "initdb", ["--pgdata", Directory, "--username", UserName, "--pwfile", passwordFile,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions", .. durability]),
            Path.GetPathRoot(Directory), cancellation);
        File.Delete(passwordFile);
        if (exitCode != 0)
            throw new StartException($"PostgreSQL could not make its data directory {Directory}: {output.Trim().ReplaceLineEndings(" ")}");
    }

    // A server whose app host was killed is still shutting down for a moment. And a power cut leaves a postmaster.pid whose number may
    // by now belong to any other program, which would keep the server from starting.
    private static async Task AwaitPredecessorAsync(string directory, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (Postmaster(directory) is { } id && ProcessName(id) is { } name)
        {
            if (!name.StartsWith("postgres", StringComparison.Ordinal))
            {
                File.Delete(PidFile(directory));
                return;
            }

            if (waited.Elapsed > ShutdownTimeout)
            {
                throw new StartException(
                    $"Another PostgreSQL server (process {id}) is using {directory}: stop it, or set DataDirectory to another folder.");
            }

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

    private static string PidFile(string directory) => Path.Combine(directory, "postmaster.pid");

    private static int? Postmaster(string directory)
    {
        try
        {
            return File.ReadLines(PidFile(directory)).FirstOrDefault() is { } id
                && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private Dictionary<string, string> Settings(string port)
    {
        var settings = new Dictionary<string, string>
        {
            ["port"] = port,
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
        return settings;
    }
}
