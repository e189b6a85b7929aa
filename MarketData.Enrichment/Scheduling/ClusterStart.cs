using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>The cluster's start: the first symbols and the first run, each once however many nodes start at once.</summary>
public sealed partial class ClusterStart(
    SchemaReadiness schema,
    SymbolSeed seed,
    InstrumentStore instruments,
    SymbolStatusStore status,
    RunStore runs,
    IOptions<EnrichmentOptions> options,
    ILogger<ClusterStart> log)
{
    /// <summary>Waits for this build's schema, and gives an empty database its symbols and its first run.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await schema.WaitAsync(cancellation);
        // This node's settings may say otherwise than those that were judged by.
        await status.JudgeAllAgainAsync(cancellation);
        var seeded = await seed.SeedAsync(
            [.. InitialSymbols.Parse(options.Value.Symbols).Select(symbol => (
                symbol.Instrument.Symbol.Value,
                symbol.Instrument.AssetClass.Name(),
                symbol.Name,
                symbol.Intervals.Select(interval => interval.Name()).ToArray()))],
            cancellation);
        if (seeded > 0)
            LogSeeded(seeded);
        await instruments.FillAsync(null, cancellation);
        if (!options.Value.RunOnFirstStart)
            return;
        var everything = new RunRequest { Trigger = RunTrigger.Startup, RequestedBy = "schedule" };
        if (await runs.CreateFirstAsync(everything, cancellation) is { JobId: { } run })
            LogFirstRun(run);
    }

    [LoggerMessage(LogLevel.Information, "{Count} symbols are tracked from now on")]
    private partial void LogSeeded(int count);

    [LoggerMessage(LogLevel.Information, "Nothing was ever enriched here: run {RunId} begins with everything")]
    private partial void LogFirstRun(Guid runId);
}
