using MarketData.AppHost.Hosting;

namespace MarketData.AppHost.Postgres;

/// <summary>
/// The unprivileged user that the server runs as when this process is root, since PostgreSQL refuses root; an ordinary user's own
/// commands are left as they are.
/// </summary>
internal sealed class PostgresUser
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    private readonly string? _name;
    private readonly IReadOnlyList<string> _become;

    private PostgresUser(string? name, IReadOnlyList<string> become) => (_name, _become) = (name, become);

    /// <summary>The full path of <c>setpriv</c>, which is part of every Linux; null elsewhere.</summary>
    public static string? SetPriv { get; } = OperatingSystem.IsLinux() ? Executables.Find("setpriv") : null;

    /// <summary>
    /// Makes <paramref name="directory"/>, gives it to the user that will run the server, and finds out how that user can reach it.
    /// </summary>
    /// <exception cref="StartException">This process is root, and no user or no way of becoming it was found.</exception>
    public static async Task<PostgresUser> OwningAsync(string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new PostgresUser(null, []);

        if (SetPriv is null)
            throw new StartException(
                "PostgreSQL does not run as root, and there is no setpriv to run it as another user: run this as an ordinary user.");
        var name = await FirstExistingAsync(cancellation)
            ?? throw new StartException(
                "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as: run this as an ordinary user.");
        if (await Command.RunAsync(["chown", name, directory], null, cancellation) is (not 0, var output))
            throw new StartException(
                $"The directory {directory} could not be given to the user {name}, who is to run PostgreSQL: {output.Trim()}.");
        foreach (var become in WaysToBecome(name))
        {
            if (await Command.RunAsync([SetPriv, .. become, "/bin/sh", "-c", "cd \"$0\"", directory], "/", cancellation) is (0, _))
                return new PostgresUser(name, become);
        }

        throw new StartException(
            $"PostgreSQL does not run as root, and the user {name} cannot reach {directory}: "
            + "set DataDirectory to a folder that it can, or run this as an ordinary user.");
    }

    /// <summary>The command as the server's user has to be told to run it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="more">More options for <c>setpriv</c>, which is there.</param>
    public IReadOnlyList<string> Run(IReadOnlyList<string> command, params IReadOnlyList<string> more) =>
        _become.Count + more.Count == 0 ? command : [SetPriv!, .. _become, .. more, .. command];

    /// <summary>Gives a file that this process wrote to the server's user, and to nobody else.</summary>
    public async Task OwnAsync(string file, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (_name is not null)
            await Command.RunAsync(["chown", _name, file], null, cancellation);
    }

    private static async Task<string?> FirstExistingAsync(CancellationToken cancellation)
    {
        foreach (var name in Candidates)
        {
            if (await Command.RunAsync(["id", "-u", name], null, cancellation) is (0, _))
                return name;
        }

        return null;
    }

    // A clone below /root or in a fresh temporary directory lies behind a directory that only root may pass: the capability to look
    // through it, and where a container withholds that one the capability over modes, lets the server reach its own data there.
    private static IEnumerable<IReadOnlyList<string>> WaysToBecome(string name)
    {
        string[] plain = ["--reuid", name, "--regid", GroupOf(name), "--clear-groups"];
        yield return plain;
        yield return [.. plain, "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"];
        yield return [.. plain, "--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"];
    }

    private static string GroupOf(string name) =>
        name == "nobody" && !File.ReadLines("/etc/group").Any(line => line.StartsWith("nobody:", StringComparison.Ordinal))
        ? "nogroup"
        : name;
}
