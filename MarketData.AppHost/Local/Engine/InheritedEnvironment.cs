using System.Collections;

namespace MarketData.AppHost.Local.Engine;

/// <summary>
/// What of the app host's own environment every child gets: what a program needs to run on this machine, and nothing that configures
/// the system. A key that was put into the environment for one service so stays with that service.
/// </summary>
internal static class InheritedEnvironment
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "TERM", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "NUGET_PACKAGES",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "USERPROFILE",
        "USERNAME", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    };

    private static readonly string[] Prefixes = ["LC_", "XDG_", "DOTNET_", "COMPlus_"];

    // Of the runtime's own variables, these say what the app host is, not what its children are.
    private static readonly HashSet<string> AppHostsOwn = new(StringComparer.OrdinalIgnoreCase)
    {
        "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DOTNET_URLS", "DOTNET_STARTUP_HOOKS",
    };

    /// <summary>The variables that are passed on.</summary>
    public static Dictionary<string, string> Read() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value ?? ""))
        .Where(variable => IsPassedOn(variable.Name))
        .ToDictionary(variable => variable.Name, variable => variable.Value);

    private static bool IsPassedOn(string name) =>
        Names.Contains(name)
        || (Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && !AppHostsOwn.Contains(name));
}
