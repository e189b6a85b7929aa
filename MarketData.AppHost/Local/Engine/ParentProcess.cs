using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MarketData.AppHost.Local.Engine;

/// <summary>
/// Watches over the <c>dotnet run</c> that started this process. Killing that one is meant for this one, too, but does not reach it.
/// </summary>
internal static partial class ParentProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls back once when this process was started by <c>dotnet</c> and that is gone.</summary>
    /// <returns>Ends the watch when disposed.</returns>
    public static IDisposable? OnDeathOfDotnetRun(Action died)
    {
        // Windows keeps a dead parent's number, so that its death cannot be told this way.
        if (OperatingSystem.IsWindows())
            return null;
        var parent = GetParentId();
        return NameOf(parent) == "dotnet" ? new Timer(_ => CallWhenChanged(parent, died), null, Interval, Interval) : null;
    }

    private static void CallWhenChanged(int parent, Action died)
    {
        if (GetParentId() != parent)
            died();
    }

    private static string? NameOf(int id)
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

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentId();
}
