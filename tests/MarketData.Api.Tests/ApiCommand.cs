using System.Diagnostics;
using MarketData.Testing;

namespace MarketData.Api.Tests;

/// <summary>The API's program given a command, as a person or a Job gives it.</summary>
public static class ApiCommand
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="connectionString">Its database; null when none is configured.</param>
    /// <param name="arguments">The command.</param>
    public static Task<(int Code, string Output, string Error)> RunAsync(string? connectionString, params string[] arguments) =>
        RunInAsync(Environment.CurrentDirectory, connectionString, arguments);

    /// <summary>Runs it to its end in a folder.</summary>
    public static async Task<(int Code, string Output, string Error)> RunInAsync(string folder, string? connectionString, params string[] arguments)
    {
        using var process = Start(folder, connectionString, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts it.</summary>
    public static Process Start(string folder, string? connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AppHostProcess.Program("MarketData.Api"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["ConnectionStrings__marketdata"] = connectionString;
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        return Process.Start(start)!;
    }
}
