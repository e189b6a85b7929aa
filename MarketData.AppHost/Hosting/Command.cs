using System.ComponentModel;
using System.Diagnostics;

namespace MarketData.AppHost.Hosting;

/// <summary>Runs short commands to their end.</summary>
internal static class Command
{
    /// <summary>Runs a command and returns its exit code and everything it printed, standard error included.</summary>
    /// <exception cref="StartException">The program does not exist or may not be run.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> words, string? workingDirectory, CancellationToken cancellation)
    {
        using var process = Start(new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        });
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new StartException($"{start.FileName} could not be started: {e.Message}.", e);
        }
    }
}
