using System.Diagnostics;
using System.Globalization;

namespace MarketData.AppHost.Hosting;

/// <summary>The <c>dotnet run</c> that started this process: killing that one is meant for this one too, but does not reach it.</summary>
internal static class ParentProcess
{
    // Aspire ends an app host when the process ends that this names; the aspire command names itself.
    private const string Watched = "ASPIRE_CLI_PID";

    /// <summary>
    /// Has Aspire end the app host when its <c>dotnet run</c> has ended, however it ended. On Linux, where a parent can be told.
    /// </summary>
    public static void EndWithDotnetRun(this IDistributedApplicationBuilder builder)
    {
        if (!OperatingSystem.IsLinux() || builder.Configuration[Watched] is not null)
            return;
        var parent = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("PPid:", StringComparison.Ordinal))["PPid:".Length..].Trim();
        using var process = Process.GetProcessById(int.Parse(parent, CultureInfo.InvariantCulture));
        if (process.ProcessName == "dotnet")
            builder.Configuration[Watched] = parent;
    }
}
