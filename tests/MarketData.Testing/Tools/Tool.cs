using System.Diagnostics;
using System.Text;

namespace MarketData.Testing.Tools;

/// <summary>A command of this machine.</summary>
public static class Tool
{
    /// <summary>Its full path; null when it is not on <c>PATH</c>.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end.</summary>
    /// <returns>The exit code, and what it printed on both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Runs a command to its end, and kills it when the test is cancelled before.</summary>
    /// <param name="start">The command; its outputs are redirected here.</param>
    /// <param name="said">Is told each line that it writes to its standard error, as it comes.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message carries what it wrote.</exception>
    public static async Task<string> ReadAsync(ProcessStartInfo start, Action<string>? said, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(start);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            errors.AppendLine(text);
            said?.Invoke(text);
        };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} failed:\n{await output}{errors}");
    }

    /// <summary>Copies a folder to a temporary one, so that what a tool leaves behind stays out of the repository.</summary>
    public static string Copy(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("marketdata-tool-").FullName;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(folder, file);
            if (relative.Split(Path.DirectorySeparatorChar).Contains("node_modules"))
                continue;
            var target = Path.Combine(copy, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
