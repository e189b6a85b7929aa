using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Npgsql;

namespace MarketData.Enrichment.Providers;

/// <summary>Looks at what works here when a node starts with the live providers, and logs it: one line for each of them.</summary>
public sealed partial class ProviderStartCheck(
    ProviderChecks checks, ProviderCheckStore store, SchemaReadiness schema, NodeIdentity node, ILogger<ProviderStartCheck> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        try
        {
            var providers = await checks.AskAsync(stoppingToken);
            foreach (var provider in providers)
            {
                var level = provider is { IsEnabled: true, Works: false } ? LogLevel.Warning : LogLevel.Information;
                var found = $"{provider.Message} {provider.Advice}".TrimEnd();
                LogChecked(level, provider.Provider, found, provider.VerdictName);
            }

            await store.SaveAsync(node.Id, providers, stoppingToken);
        }
        catch (NpgsqlException e)
        {
            LogNotChecked(e);
        }
    }

    [LoggerMessage("{Provider} {Found} ({Verdict})")]
    private partial void LogChecked(LogLevel level, string provider, string found, string verdict);

    [LoggerMessage(LogLevel.Warning, "The database was lost while providers were checked; the resilience page checks them again")]
    private partial void LogNotChecked(Exception exception);
}
