using System.Diagnostics;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>The spans of the enrichment service.</summary>
public static class EnrichmentTracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "MarketData.Enrichment";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Begins the spans of one attempt at one symbol: the run, and below it the symbol. What a person asked for goes on with the trace of the
    /// request, so that it can be followed from the click to the database; what the schedule began is a trace of its own.
    /// </summary>
    public static IDisposable StartSymbol(ClaimedJob job)
    {
        Activity.Current = null;
        var asked = ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var request) ? request : default;
        var run = Source.StartActivity(
            $"run {job.Trigger}", ActivityKind.Consumer, asked, [new("marketdata.run_id", job.JobId.ToString())]);
        var symbol = Source.StartActivity($"symbol {job.Symbol}");
        symbol?.SetTag("marketdata.symbol", job.Symbol)
            .SetTag("marketdata.asset_class", job.AssetClass)
            .SetTag("marketdata.attempt", job.Attempt);
        return new SymbolSpan(run, symbol);
    }

    /// <summary>Begins the span of a step.</summary>
    public static Activity? StartStep(string step, string timeframe) =>
        Source.StartActivity(step)?.SetTag("marketdata.timeframe", timeframe);

    /// <summary>Marks the current span and those above it as failed.</summary>
    public static void Fail(string message)
    {
        for (var span = Activity.Current; span is not null; span = span.Parent)
            span.SetStatus(ActivityStatusCode.Error, message);
    }

    private sealed class SymbolSpan(Activity? run, Activity? symbol) : IDisposable
    {
        public void Dispose()
        {
            symbol?.Dispose();
            run?.Dispose();
        }
    }
}
