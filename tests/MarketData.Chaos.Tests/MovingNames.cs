using System.Diagnostics;

namespace MarketData.Chaos.Tests;

/// <summary>
/// Names whose addresses move while processes run: a file of hosts that only those see which are started with it, each in a namespace of mounts.
/// </summary>
internal sealed class MovingNames : IDisposable
{
    private const string Hosts = "/etc/hosts";
    private readonly string _file = Path.GetTempFileName();

    /// <summary>Makes them.</summary>
    public MovingNames(params (string Name, string Address)[] names) => Lead(names);

    /// <summary>Why there can't be any here; null when there can.</summary>
    public static string? Missing { get; } = File.Exists(Hosts) && Tries([.. Unshare, "mount", "--bind", Hosts, Hosts])
        ? null
        : "No namespace of mounts can be made here (unshare --mount).";

    /// <summary>What a program is started by that sees them.</summary>
    public IReadOnlyList<string> Launcher => [.. Unshare, "sh", "-c", $"mount --bind {_file} {Hosts} && exec \"$@\"", "sh"];

    private static string[] Unshare => ["unshare", "--mount", .. Environment.UserName == "root" ? Array.Empty<string>() : ["--map-root-user"]];

    /// <summary>Has them lead elsewhere from now on.</summary>
    public void Lead(params (string Name, string Address)[] names) =>
        File.WriteAllLines(_file, ["127.0.0.1 localhost", .. names.Select(one => $"{one.Address} {one.Name}")]);

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_file);

    private static bool Tries(string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
