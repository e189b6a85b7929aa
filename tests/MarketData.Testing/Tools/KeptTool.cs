using System.Runtime.InteropServices;

namespace MarketData.Testing.Tools;

/// <summary>A command for Linux on x64 that npm serves: fetched once, and kept in the temporary folder.</summary>
public static class KeptTool
{
    /// <summary>The folder that the command is in; null on another machine, or one without npm.</summary>
    /// <param name="name">The command.</param>
    /// <param name="version">Its version.</param>
    /// <param name="fetch">Fetches it into the folder given, and says where it is then.</param>
    public static async Task<string?> FolderAsync(string name, string version, Func<string, Task<string>> fetch)
    {
        var kept = Path.Combine(Path.GetTempPath(), $"marketdata-{name}-{version}-{Environment.UserName}");
        if (File.Exists(Path.Combine(kept, name)))
            return kept;
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || Tool.Find("npm") is null)
            return null;

        var fresh = Directory.CreateTempSubdirectory($"marketdata-{name}-").FullName;
        try
        {
            var command = await fetch(fresh);
            var folder = Directory.CreateDirectory(Path.Combine(fresh, "bin")).FullName;
            File.Move(command, Path.Combine(folder, name));
            Directory.Move(folder, kept);
        }
        catch (IOException) when (File.Exists(Path.Combine(kept, name)))
        {
            // Another test run was quicker.
        }
        finally
        {
            Directory.Delete(fresh, recursive: true);
        }

        return kept;
    }
}
