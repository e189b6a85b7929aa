using MarketData.Storage.Enrichment;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>What the hourly trigger fires: queues the symbols with missing candles that are due to be asked for again.</summary>
public sealed class GapRun(RunStore runs) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.CreateForGapsAsync(new RunRequest { Trigger = RunTrigger.Gap, RequestedBy = "schedule" }, cancellationToken);
}
