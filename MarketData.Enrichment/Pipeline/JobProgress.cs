using System.Diagnostics;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>A job under way: every step of it is shown while it runs, traced, and kept with the attempt.</summary>
public sealed class JobProgress(ClaimedJob job, JobStore jobs, TimeProvider time)
{
    private readonly Dictionary<(string Step, string Timeframe), double> _milliseconds = [];

    /// <summary>The job.</summary>
    public ClaimedJob Job { get; } = job;

    /// <summary>What is enriched.</summary>
    public Instrument Instrument { get; } = new(Symbol.Parse(job.Symbol), AssetClassNames.Parse(job.AssetClass));

    /// <summary>The id of the attempt's trace; null when nobody listens.</summary>
    public string? TraceId { get; } = Activity.Current?.TraceId.ToString();

    /// <summary>The step and interval begun last; null before the first.</summary>
    public (string Step, string Timeframe)? Current { get; private set; }

    /// <summary>Is told when a step begins.</summary>
    internal Action? StepBegins { get; set; }

    /// <summary>The time spent so far, by step and interval.</summary>
    public IReadOnlyCollection<StepTime> Steps =>
        [.. _milliseconds.Select(spent => new StepTime(spent.Key.Step, spent.Key.Timeframe, Math.Round(spent.Value, 3)))];

    /// <summary>Does the work of one step.</summary>
    /// <param name="step">One of <see cref="EnrichmentStep"/>.</param>
    /// <param name="interval">The interval worked on.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<T> StepAsync<T>(
        string step, BarInterval interval, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        Current = (step, interval.Name());
        StepBegins?.Invoke();
        await jobs.EnterStepAsync(Job.Fence, step, interval.Name(), TraceId, cancellation);
        using var span = EnrichmentTracing.StartStep(step, interval.Name());
        var startedAt = time.GetTimestamp();
        try
        {
            return await work(cancellation);
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            _milliseconds[(step, interval.Name())] =
                _milliseconds.GetValueOrDefault((step, interval.Name())) + time.GetElapsedTime(startedAt).TotalMilliseconds;
        }
    }

    /// <summary>Does the work of a step that waits for nothing.</summary>
    public Task<T> StepAsync<T>(string step, BarInterval interval, Func<T> work, CancellationToken cancellation) =>
        StepAsync(step, interval, _ => Task.FromResult(work()), cancellation);
}
