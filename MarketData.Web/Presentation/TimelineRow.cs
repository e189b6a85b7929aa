using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>A symbol of a run over time, as bars: its waits, attempts, steps, and the calls of providers.</summary>
/// <param name="Detail">The symbol's job.</param>
/// <param name="Bars">The bars, those beneath before those that lie on them.</param>
/// <param name="Summary">The row in a sentence, for those who can't see it.</param>
public sealed record TimelineRow(JobDetail Detail, IReadOnlyList<TimelineBar> Bars, string Summary)
{
    /// <summary>The row of a job.</summary>
    /// <param name="detail">The job.</param>
    /// <param name="begin">The instant at the left end: when the run was put on record.</param>
    public static TimelineRow Of(JobDetail detail, DateTimeOffset begin)
    {
        ArgumentNullException.ThrowIfNull(detail);
        List<TimelineBar> bars = [.. Waits(detail, begin), .. detail.Attempts.Select(attempt => Bar(attempt, begin))];
        foreach (var attempt in detail.Attempts)
            bars.AddRange(Steps(attempt, begin));
        if (AtHand(detail, begin) is { } step)
            bars.Add(step);
        bars.AddRange(detail.Requests.Select(request => Bar(request, begin)));
        return new(detail, bars, Describe(detail));
    }

    // In the queue, and then before each further attempt.
    private static IEnumerable<TimelineBar> Waits(JobDetail detail, DateTimeOffset begin)
    {
        var (job, from) = (detail.Job, detail.Job.QueuedAt);
        foreach (var (index, attempt) in detail.Attempts.Index())
        {
            if (attempt.StartedAt > from)
                yield return Wait(from, attempt.StartedAt, index == 0 ? "Waited in the queue" : "Waited for the next attempt", begin);
            from = attempt.EndedAt ?? DateTimeOffset.MaxValue;
        }

        if (job.Status is "queued" or "retrying" && from < DateTimeOffset.MaxValue)
        {
            var words = job.Status == "queued" ? "Waits in the queue" : "Waits for the next attempt";
            yield return new("wait", "quiet", Seconds(from, begin), null, words);
        }
        else if (detail.Attempts.Count == 0 && job.CompletedAt is { } end)
            yield return Wait(from, end, "Waited in the queue", begin);
    }

    private static TimelineBar Wait(DateTimeOffset from, DateTimeOffset to, string words, DateTimeOffset begin) =>
        new("wait", "quiet", Seconds(from, begin), (to - from).TotalSeconds, $"{words}: {Format.Milliseconds((to - from).TotalMilliseconds)}");

    private static TimelineBar Bar(JobAttempt attempt, DateTimeOffset begin)
    {
        var style = StatusStyle.Of(attempt.Outcome ?? "running");
        var took = attempt.EndedAt - attempt.StartedAt;
        var title = $"Attempt {attempt.Attempt} on {attempt.Node}: {style.Word.ToLowerInvariant()}"
            + (took is { } span ? $" after {Format.Milliseconds(span.TotalMilliseconds)}" : "")
            + (attempt.ErrorMessage is { } error ? $". {Short(error)}" : "");
        return new("attempt", style.Tone, Seconds(attempt.StartedAt, begin), took?.TotalSeconds, title);
    }

    // Steps of earlier releases do not say when they began: they are put one after the other.
    private static IEnumerable<TimelineBar> Steps(JobAttempt attempt, DateTimeOffset begin)
    {
        var at = attempt.StartedAt;
        foreach (var step in attempt.Steps)
        {
            var from = step.StartedAt ?? at;
            var isOpen = step is { StartedAt: not null, EndedAt: null } && attempt.EndedAt is null;
            var to = step.EndedAt ?? from.AddMilliseconds(step.Ms);
            at = to;
            yield return new(
                step.Step,
                step.Outcome == "failed" ? "bad" : "good",
                Seconds(from, begin),
                isOpen ? null : (to - from).TotalSeconds,
                Describe(step, isOpen));
        }
    }

    // The job tells at once which step it is in, the attempt a moment later which ones it did.
    private static TimelineBar? AtHand(JobDetail detail, DateTimeOffset begin)
    {
        if (detail is not { Job: { Status: "running", Step: { } step }, Attempts: [.., { EndedAt: null } attempt] })
            return null;
        if (attempt.Steps.Any(one => one is { StartedAt: not null, EndedAt: null }))
            return null;
        var from = attempt.Steps.Max(one => one.EndedAt) ?? attempt.StartedAt;
        return new(step, "good", Seconds(from, begin), null, $"{step} {detail.Job.StepTimeframe}".TrimEnd() + ": goes on");
    }

    private static string Describe(StepTiming step, bool isOpen)
    {
        var title = $"{step.Step} {step.Timeframe}".TrimEnd() + (step.Times > 1 ? $", {step.Times} times" : "")
            + (isOpen ? ": goes on" : $": {Format.Milliseconds(step.Ms)}");
        if (step.Candles is { } candles)
            title += $", {Format.Count(candles, "candle")}";
        if (step.Provider is { } provider)
            title += $" of {provider}";
        if (step.Outcome is "failed" or "cancelled")
            title += $", {step.Outcome}";
        return step.Message is { } message ? $"{title}. {Short(message)}" : title;
    }

    private static TimelineBar Bar(JobRequest request, DateTimeOffset begin)
    {
        var outcome = request.Failure is { } failure ? failure.Replace('_', ' ') : "answered";
        var title = $"{Names.Provider(request.Provider)}: {(request.Status is { } status ? $"{status}, " : "")}{outcome} in "
            + $"{Format.Milliseconds(request.DurationMs)}. {request.Method} {request.Address}";
        return new("call", request.Failure is null ? "good" : "bad", Seconds(request.StartedAt, begin), request.DurationMs / 1000, title);
    }

    private static string Describe(JobDetail detail)
    {
        var job = detail.Job;
        return $"{job.Symbol}: {StatusStyle.Of(job.Status).Word.ToLowerInvariant()}, waited {Format.Milliseconds(job.WaitedMs)}, "
            + $"worked {Format.Milliseconds(job.WorkedMs)} in {Format.Count(detail.Attempts.Count, "attempt")}, "
            + $"{Format.Count(detail.Requests.Count, "provider call")}.";
    }

    private static string Short(string text) => text.Split('\n')[0] is { Length: > 200 } line ? line[..200] + "…" : text.Split('\n')[0];

    private static double Seconds(DateTimeOffset at, DateTimeOffset begin) => (at - begin).TotalSeconds;
}
