using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment;

/// <summary>
/// What works here, from the command line: <c>providers check</c> asks each provider once. It needs no database, and so neither counts its
/// requests against the cluster's limits nor knows who wants to be left alone.
/// </summary>
public static class ProvidersCommand
{
    private const string Usage = """
        providers check [--Section:Setting=value ...]   asks each provider once whether it serves this machine, and says what helps

        Settings are those of the service: from the environment, such as Providers__Polygon__ApiKey, or given here. No database is needed.
        Exit code: 0 a provider works for each class of tracked symbols (Enrichment:Symbols), 1 none does for one of them, 64 not understood,
        78 a setting is wrong.
        """;

    /// <summary>Carries out a command.</summary>
    /// <param name="arguments">What follows <c>providers</c>.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="error">Takes what went wrong.</param>
    /// <param name="time">The clock; the system's when not given.</param>
    /// <returns>
    /// The process' exit code: 0 a provider works for each class of tracked symbols, 1 none does for one of them, 64 not understood, 78 a setting
    /// is wrong.
    /// </returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (arguments.Any(argument => argument is "--help" or "-h"))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (arguments is not ["check", .. var settings] || !settings.All(setting => setting.StartsWith("--", StringComparison.Ordinal) && setting.Contains('=')))
        {
            await error.WriteLineAsync(Usage);
            return ServiceCommands.UsageError;
        }

        // Whom providers get from the container and a probe never asks: there is no database.
        await using var nowhere = NpgsqlDataSource.Create("Host=localhost");
        using var host = Build(settings, nowhere, time ?? TimeProvider.System);
        if (ServiceRunner.InvalidSettings(host.Services) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
                await error.WriteLineAsync(sentence);
            return ServiceRunner.ConfigurationError;
        }

        var providers = await host.Services.GetRequiredService<ProviderChecks>().AskAsync(CancellationToken.None);
        await WriteAsync(providers, output);
        return await WriteClassesAsync(host.Services, providers, output) ? 0 : 1;
    }

    private static IHost Build(string[] settings, NpgsqlDataSource nowhere, TimeProvider time)
    {
        var builder = Host.CreateApplicationBuilder(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(nowhere);
        builder.Services.AddSingleton(NodeIdentity.Create());
        builder.Services.AddSingleton<EnrichmentMetrics>();
        builder.Services.AddProviders(builder.Configuration);
        builder.Services.RemoveAll<ProviderQuotaStore>();
        builder.Services.AddSettings<EnrichmentOptions>(builder.Configuration.GetSection(EnrichmentOptions.Section));
        return builder.Build();
    }

    private static async Task WriteAsync(IReadOnlyList<CheckedProvider> providers, TextWriter output)
    {
        var (name, verdict) = (providers.Max(one => one.Provider.Length) + 2, providers.Max(one => one.VerdictName.Length) + 2);
        foreach (var one in providers)
        {
            await output.WriteLineAsync($"{one.Provider.PadRight(name)}{one.VerdictName.Replace('_', ' ').PadRight(verdict)}{one.Message}");
            if (one.Advice is { } advice)
                await output.WriteLineAsync($"{"".PadRight(name + verdict)}{advice}");
        }
    }

    // Who serves which class of tracked symbols, and whether someone does all of them.
    private static async Task<bool> WriteClassesAsync(IServiceProvider services, IReadOnlyList<CheckedProvider> providers, TextWriter output)
    {
        var working = providers.Where(one => one is { Works: true, IsEnabled: true })
            .Select(one => services.GetRequiredKeyedService<IMarketDataProvider>(one.Provider)).ToList();
        var symbols = InitialSymbols.Parse(services.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Symbols).Select(symbol => symbol.Instrument);
        var complete = true;
        await output.WriteLineAsync();
        foreach (var tracked in symbols.GroupBy(instrument => instrument.AssetClass).OrderBy(group => group.Key))
        {
            var serving = working.Where(provider => tracked.Any(instrument => provider.Supports(instrument, BarInterval.OneDay))).ToList();
            complete &= serving.Count > 0;
            await output.WriteLineAsync(
                $"{tracked.Key.Name(),-7}{(serving.Count > 0 ? $"served by {string.Join(", ", serving.Select(provider => provider.Name))}" : "no provider works")}");
        }

        return complete;
    }
}
