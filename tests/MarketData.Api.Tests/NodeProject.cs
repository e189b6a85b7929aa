using System.ComponentModel;
using System.Diagnostics;
using MarketData.Testing.Tools;

namespace MarketData.Api.Tests;

/// <summary>Scripts in the folder <c>Node</c>, with what they need installed beside the tests' binaries on first use.</summary>
public static class NodeProject
{
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);

    /// <summary>Runs a script and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message carries its output.</exception>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var folder = await Folder.Value;
        return await RunAsync("node", [script, .. arguments], folder, cancellation);
    }

    /// <summary>A folder of a test's own, inside the project, so that scripts in it find its packages.</summary>
    public static async Task<string> CreateFolderAsync() =>
        Directory.CreateDirectory(Path.Combine(await Folder.Value, "work", Guid.NewGuid().ToString("N"))).FullName;

    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(Testing.AppHostProcess.RepositoryRoot(), "tests", "MarketData.Api.Tests", "Node");
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "Node")).FullName;
        var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
        var isCurrent = File.Exists(installed) && File.GetLastWriteTimeUtc(installed) > File.GetLastWriteTimeUtc(Path.Combine(source, "package-lock.json"));
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!isCurrent)
            await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder, CancellationToken.None);
        return folder;
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellation)
    {
        try
        {
            return await Tool.ReadAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder }, null, cancellation);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("Node.js is missing: install version 20 or newer with npm, for example with 'apt-get install nodejs npm'.", e);
        }
    }
}
