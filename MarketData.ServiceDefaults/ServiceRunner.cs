using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs a service from its <c>Program.cs</c>.</summary>
public static class ServiceRunner
{
    /// <summary>The exit code for a setting that is missing or out of range: <c>EX_CONFIG</c> of <c>sysexits.h</c>.</summary>
    public const int ConfigurationError = 78;

    /// <summary>
    /// Checks every option that is validated on start, then runs the service until it is told to stop. A setting that is missing or out
    /// of range is said on standard error, one sentence each, without a stack trace.
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

        await app.RunAsync();
        return 0;
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

    // The configuration's own exception for a value of the wrong kind names the setting in its message.
    private static bool IsAboutSettings(Exception e) =>
        e is OptionsValidationException
            || (e is InvalidOperationException && e.TargetSite?.DeclaringType?.Namespace == typeof(ConfigurationBinder).Namespace);
}
