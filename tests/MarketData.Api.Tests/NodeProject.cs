using System.ComponentModel;
using System.Diagnostics;
using MarketData.Testing.Tools;

namespace MarketData.Api.Tests;

/// <summary>Scripts in the folder <c>Node</c>, with what they need installed beside the tests' binaries on first use.</summary>
public static class NodeProject
{
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);
    private static readonly SemaphoreSlim Turn = new(1);
    private static bool _isCompiled;

    /// <summary>Runs a script and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message carries its output.</exception>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellation) =>
        await RunAsync("node", [script, .. arguments], await Folder.Value, cancellation);

    /// <summary>How a compiled program is started, for a test that has more to say about it.</summary>
    public static async Task<ProcessStartInfo> StartOfAsync(string script, params string[] arguments) =>
        new("node", [script, .. arguments]) { WorkingDirectory = await Folder.Value };

    /// <summary>Generates a client from an API's document and compiles the programs that use it into the folder <c>client</c>; once for all tests.</summary>
    public static async Task CompileClientsAsync(HttpClient api, CancellationToken cancellation)
    {
        await Turn.WaitAsync(cancellation);
        try
        {
            if (_isCompiled)
                return;
            var document = Path.Combine(await CreateFolderAsync(), "v1.json");
            await File.WriteAllTextAsync(document, await api.GetStringAsync("/openapi/v1.json", cancellation), cancellation);
            await RunAsync("node_modules/openapi-typescript/bin/cli.js", [document, "-o", "api.ts"], cancellation);
            await RunAsync("node_modules/typescript/bin/tsc", ["-p", "."], cancellation);
            _isCompiled = true;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>The folder with the scripts and what they need.</summary>
    public static Task<string> FolderAsync() => Folder.Value;

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
