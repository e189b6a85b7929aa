using System.Diagnostics;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Enrichment.Pipeline;

/// <summary>A job under way: every step of it is shown while it runs, traced, and kept with the attempt.</summary>
/// <param name="job">The job.</param>
/// <param name="jobs">Where its row is.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Is told of each step that ends; nobody is when not given.</param>
public sealed partial class JobProgress(ClaimedJob job, JobStore jobs, TimeProvider time, ILogger? log = null)
{
    // A backfill of decades has thousands of steps: more than a person looks at one by one.
    private const int MostSteps = 200;

    // Work of less than a second is over before anybody sees it.
    private static readonly TimeSpan ShownEvery = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = log ?? NullLogger.Instance;
    private readonly List<StepTime> _steps = [];
    private readonly Lock _gate = new();
    private long _shownAt = time.GetTimestamp();

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

    /// <summary>
    /// The steps so far, in the order they began: each of the first 200, and of later ones each added to the last of its kind and interval.
    /// </summary>
    public IReadOnlyCollection<StepTime> Steps
    {
        get
        {
            lock (_gate)
                return [.. _steps];
        }
    }

    /// <summary>Does the work of one step.</summary>
    /// <param name="step">One of <see cref="EnrichmentStep"/>.</param>
    /// <param name="interval">The interval worked on.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="JobStoppedException">A person cancelled the job.</exception>
    public async Task<T> StepAsync<T>(
        string step, BarInterval interval, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        Current = (step, interval.Name());
        StepBegins?.Invoke();
        var begun = new StepTime(step, interval.Name(), 0) { StartedAt = time.GetUtcNow().UtcDateTime };
        if (!await jobs.EnterStepAsync(Job.Fence, step, interval.Name(), TraceId, ToShow(begun), cancellation))
            throw new JobStoppedException();
        using var span = EnrichmentTracing.StartStep(step, interval.Name());
        var startedAt = time.GetTimestamp();
        try
        {
            var result = await work(cancellation);
            Note(StepRecord.Succeeded(End(begun, startedAt), result));
            return result;
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            Note(StepRecord.Failed(End(begun, startedAt), e));
            throw;
        }
    }

    /// <summary>Does the work of a step that waits for nothing.</summary>
    public Task<T> StepAsync<T>(string step, BarInterval interval, Func<T> work, CancellationToken cancellation) =>
        StepAsync(step, interval, _ => Task.FromResult(work()), cancellation);

    private StepTime End(StepTime step, long startedAt)
    {
        var ms = Math.Round(time.GetElapsedTime(startedAt).TotalMilliseconds, 3);
        return step with { Ms = ms, EndedAt = step.StartedAt?.AddMilliseconds(ms) };
    }

    // Work that was left to itself because it hung may end beside that of the next interval.
    private void Note(StepTime step)
    {
        if (_log.IsEnabled(LogLevel.Debug))
            LogStep(step.Timeframe, step.Step, step.Outcome, step.Ms, StepRecord.Describe(step));
        lock (_gate)
        {
            var same = _steps.Count < MostSteps ? -1 : _steps.FindLastIndex(one => one.Step == step.Step && one.Timeframe == step.Timeframe);
            if (same < 0)
                _steps.Add(step);
            else
                _steps[same] = Add(_steps[same], step);
        }
    }

    private static StepTime Add(StepTime before, StepTime step) => step with
    {
        StartedAt = before.StartedAt,
        Ms = before.Ms + step.Ms,
        Times = before.Times + step.Times,
        Candles = before.Candles + step.Candles ?? before.Candles ?? step.Candles,
        Provider = step.Provider ?? before.Provider,
        Outcome = before.Outcome == "failed" ? "failed" : step.Outcome,
        Message = step.Outcome == "failed" || before.Outcome != "failed" ? step.Message : before.Message,
    };

    private IReadOnlyCollection<StepTime>? ToShow(StepTime begun)
    {
        if (time.GetElapsedTime(_shownAt) < ShownEvery)
            return null;
        _shownAt = time.GetTimestamp();
        return [.. Steps, begun];
    }

    [LoggerMessage(LogLevel.Debug, "{Timeframe} {Step} {Outcome} in {Milliseconds} ms{Facts}")]
    private partial void LogStep(string timeframe, string step, string? outcome, double milliseconds, string facts);
}
