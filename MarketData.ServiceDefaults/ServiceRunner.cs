using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs a service from its <c>Program.cs</c>.</summary>
public static partial class ServiceRunner
{
    /// <summary>The exit code for a setting that is missing or out of range: <c>EX_CONFIG</c> of <c>sysexits.h</c>.</summary>
    public const int ConfigurationError = 78;

    /// <summary>The exit code of a service that ran out of memory and is to be started again: <c>EX_OSERR</c> of <c>sysexits.h</c>.</summary>
    public const int OutOfMemory = 71;

    /// <summary>
    /// Checks every option that is validated on start, then runs the service until it is told to stop, or has run out of memory. A setting
    /// that is missing or out of range is said on standard error, one sentence each, without a stack trace.
    /// </summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        if (InvalidSettings(app.Services) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
                await Console.Error.WriteLineAsync(sentence);
            await app.DisposeAsync();
            return ConfigurationError;
        }

        return await RunWhileThereIsMemoryAsync(app) ? 0 : OutOfMemory;
    }

    // Libraries are not written for every allocation to fail: a connection to the database was seen to wait for ever for an answer that had come,
    // past its timeout. Stopped in order, the service gives back what it holds; whoever runs it starts it anew.
    private static async Task<bool> RunWhileThereIsMemoryAsync(WebApplication app)
    {
        var exhausted = new TaskCompletionSource<OutOfMemoryException>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopping = app.Lifetime;
        var log = app.Logger;
        var stopped = StopWhenExhaustedAsync();
        AppDomain.CurrentDomain.FirstChanceException += OnException;
        try
        {
            await app.RunAsync();
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= OnException;
        }

        if (!exhausted.Task.IsCompleted)
            return true;
        await stopped;
        return false;

        void OnException(object? sender, FirstChanceExceptionEventArgs e)
        {
            if (e.Exception is OutOfMemoryException exception)
                exhausted.TrySetResult(exception);
        }

        async Task StopWhenExhaustedAsync()
        {
            var exception = await exhausted.Task;
            stopping.StopApplication();
            LogExhausted(log, exception);
        }
    }

    /// <summary>Checks every option that is validated on start.</summary>
    /// <returns>What is missing or out of range, one sentence each.</returns>
    public static IReadOnlyList<string> InvalidSettings(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(IsAboutSettings))
        {
            return [.. e.InnerExceptions.SelectMany(inner => inner is OptionsValidationException invalid ? invalid.Failures : [inner.Message])];
        }
        catch (InvalidOperationException e) when (IsAboutSettings(e))
        {
            return [e.Message];
        }
    }

    [LoggerMessage(
        LogLevel.Error, "The process ran out of memory, after which nothing in it can be relied on: it ends, and has to be started again. Give it more memory")]
    private static partial void LogExhausted(ILogger log, Exception exception);

    // The configuration's own exception for a value of the wrong kind names the setting in its message.
    private static bool IsAboutSettings(Exception e) =>
        e is OptionsValidationException
            || (e is InvalidOperationException && e.TargetSite?.DeclaringType?.Namespace == typeof(ConfigurationBinder).Namespace);
}
