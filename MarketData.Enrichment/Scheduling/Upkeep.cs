using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>What the hourly upkeep trigger fires: forgets records of past work that are past their retention.</summary>
public sealed class Upkeep(RetentionStore retention, IOptions<RetentionOptions> options) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await retention.PruneEventsAsync(options.Value.Events, cancellationToken);
        await retention.PruneLogsAsync(options.Value.Logs, cancellationToken);
        await retention.PruneRunsAsync(options.Value.Runs, cancellationToken);
        await retention.PruneNodesAsync(options.Value.Nodes, cancellationToken);
    }
}
