using MarketData.Web.Api;
using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 27, 1, 30, 0, TimeSpan.Zero);
    private readonly FakeWorld _world = new();

    [Fact]
    public void A_symbol_waits_in_the_queue_and_before_each_further_attempt()
    {
        var row = TimelineRow.Of(
            new(Job("retrying", null), [Attempt(1, 10, 12, "failed"), Attempt(2, 42, 43.5, "lost")], []), Begin);

        row.Bars.Where(bar => bar.Kind == "wait").Select(bar => (bar.At, bar.Seconds)).ShouldBe([(1, 9), (12, 30), (43.5, null)]);
        row.Bars.Where(bar => bar.Kind == "attempt").Select(bar => (bar.At, bar.Seconds, bar.Tone)).ShouldBe([(10, 2, "bad"), (42, 1.5, "bad")]);
    }

    [Fact]
    public void One_that_never_began_waited_until_it_was_cancelled() =>
        TimelineRow.Of(new(Job("cancelled", 6), [], []), Begin).Bars.ShouldHaveSingleItem().Seconds.ShouldBe(5);

    [Fact]
    public void Steps_stand_where_they_ran_and_those_without_a_beginning_one_after_the_other()
    {
        var steps = new StepTiming[] { new("fetch", "1d", 500), new("store", "1d", 250), new("fetch", "1h", 0, Begin.AddSeconds(20)) };
        var row = TimelineRow.Of(new(Job("running", null), [Attempt(1, 10, null, null) with { Steps = steps }], []), Begin);

        row.Bars.Where(bar => bar.Kind is "fetch" or "store").Select(bar => (bar.Kind, bar.At, bar.Seconds)).ShouldBe([("fetch", 10, 0.5), ("store", 10.5, 0.25), ("fetch", 20, null)]);
        row.Bars.ShouldContain(bar => bar.Kind == "attempt" && bar.Seconds == null && bar.Tone == "busy");
    }

    [Fact]
    public void The_step_at_hand_is_shown_before_the_attempt_tells_of_it()
    {
        var job = Job("running", null) with { Step = "fetch", StepTimeframe = "1h" };
        var row = TimelineRow.Of(new(job, [Attempt(1, 10, null, null) with { Steps = [new("store", "1d", 500, Begin.AddSeconds(11), Begin.AddSeconds(11.5))] }], []), Begin);

        row.Bars.ShouldContain(bar => bar.Kind == "fetch" && bar.At == 11.5 && bar.Seconds == null && bar.Title == "fetch 1h: goes on");
    }

    [Fact]
    public void The_same_cause_is_one_group_whatever_symbol_interval_and_number_it_names()
    {
        var groups = FailureGroup.Of(
        [
            Failed("V", "1d: polygon: answered 500 to 6 requests for V. yahoo: is not asked before 2026-11-27 02:15 UTC."),
            Failed("AAPL", "1d, 1h: polygon: answered 500 to 12 requests for AAPL. yahoo: is not asked before 2026-11-27 03:00 UTC."),
            Failed("MSFT", "1d: polygon: does not know this."),
            Failed("SPY", null),
            Job("succeeded", 3),
        ]);

        groups.Select(group => string.Join(' ', group.Jobs.Select(job => job.Symbol))).ShouldBe(["AAPL V", "SPY", "MSFT"], ignoreOrder: true);
        groups[0].Cause.ShouldStartWith("polygon: answered 500 to 12 requests for AAPL.");
    }

    [Fact]
    public void Failures_of_one_reason_and_provider_are_one_group_however_each_is_worded()
    {
        var groups = FailureGroup.Of(
        [
            Failed("V", "1d: polygon: could not be reached: api.polygon.io takes no connection.") with { ErrorReason = "transient", ErrorProviders = ["polygon"] },
            Failed("AAPL", "polygon: broke off in the middle of its answer.") with { ErrorReason = "transient", ErrorProviders = ["polygon"] },
            Failed("MSFT", "yahoo: broke off in the middle of its answer.") with { ErrorReason = "transient", ErrorProviders = ["yahoo"] },
            Failed("SPY", "The step store of 1d was stuck.") with { ErrorReason = "stalled" },
            Failed("QQQ", "The step fetch of 1d was stuck.") with { ErrorReason = "stalled" },
        ]);

        groups.Select(group => string.Join(' ', group.Jobs.Select(job => job.Symbol))).ShouldBe(["AAPL V", "MSFT", "SPY", "QQQ"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(true, null, "all active ones (3)")]
    [InlineData(true, "etf", "all active ones of the class ETF (3)")]
    [InlineData(false, null, "AAPL, MSFT, QQQ")]
    public void A_run_says_in_words_what_it_was_asked_for(bool all, string? assetClass, string symbols)
    {
        var jobs = new[] { "MSFT", "AAPL" }.Select(symbol => Job("queued", null) with { Symbol = symbol, Timeframes = ["1w", "1d"] }).ToList();
        var question = RunQuestion.Of(Run(jobs), new(all, assetClass, null, Begin.AddYears(-10), Begin, ["QQQ"]));

        question.Symbols.ShouldBe(symbols);
        question.Intervals.ShouldBe("1d, 1w, as each symbol tracks them");
        question.Range.ShouldBe("from 2016-11-27 to 2026-11-27");
        question.Joined.ShouldBe("QQQ was queued or running already, in another run");
        RunQuestion.Of(Run(jobs), null).Range.ShouldBe("from what is stored to now");
    }

    [Fact]
    public void Steps_of_a_kind_are_added_up_and_a_failure_among_them_is_told()
    {
        var groups = StepGroup.Of(
        [
            new("fetch", "1d", 10, Begin, Begin, 1, "polygon", 100, "succeeded", null), new("store", "1d", 5, Begin, Begin, 1, null, 7, "succeeded", "7 new, 0 revised"),
            new("fetch", "1d", 20, Begin, Begin, 30, "yahoo", 50, "failed", "yahoo: HTTP 503"), new("fetch", "1h", 1),
        ]);

        groups.Select(group => $"{group.Step} {group.Timeframe} {group.Ms} {group.Times}: {group.Facts}").ShouldBe(
            ["fetch 1d 30 31: 150 candles of Polygon (Massive) and Yahoo · failed · yahoo: HTTP 503", "store 1d 5 1: 7 new, 0 revised", "fetch 1h 1 1: "]);
    }

    private Job Job(string status, double? completed) => _world.Jobs[0] with
    {
        Status = status,
        QueuedAt = Begin.AddSeconds(1),
        CompletedAt = completed is { } end ? Begin.AddSeconds(end) : null,
        RangeFrom = null,
        RangeTo = null,
    };

    private Job Failed(string symbol, string? message) => Job("failed", 9) with { Symbol = symbol, ErrorMessage = message };

    private static JobAttempt Attempt(int number, double from, double? to, string? outcome) =>
        new(number, "node-a", Begin.AddSeconds(from), to is { } end ? Begin.AddSeconds(end) : null, outcome, [], null, null);

    private RunDetail Run(IReadOnlyList<Job> jobs)
    {
        var run = _world.Runs[0];
        return new(
            new RunProgress(run.JobId, run.Trigger, "queued", null, 0, 2, 0, 0, 0, 0, 2, [], null, null, null), false, jobs, run.JobId, run.Trigger, run.Status, run.RequestedBy, run.CreatedAt,
            run.StartedAt, run.CompletedAt, 2, 0, 0, 0, 0, 0, 0, 0, null);
    }
}
