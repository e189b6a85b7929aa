using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using MarketData.Testing;
using MarketData.Web.Api;
using MarketData.Web.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Web.Tests.Live;

/// <summary>How the dashboard's one event stream comes back.</summary>
public sealed class EventStreamReaderTests
{
    [Theory]
    [InlineData(null, new double[] { 0.2, 0.4, 0.8, 1.6, 3, 3 })]
    [InlineData("1", new double[] { 1, 1, 1, 1.6, 3, 3 })]
    [InlineData("60", new double[] { 60, 60 })]
    [InlineData("Fri, 02 Jan 2026 03:05:05 GMT", new double[] { 60, 0.4 })]
    [InlineData("7200", new double[] { 300 })]
    [InlineData("soon", new double[] { 0.2 })]
    public async Task It_waits_at_least_as_long_as_it_is_asked_to(string? retryAfter, double[] seconds)
    {
        var clock = new Clock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using var answers = new Refusals(retryAfter);
        using var reader = new EventStreamReader(
            answers, new LiveFeed(NullLogger<LiveFeed>.Instance), new SharedReads(clock), Options.Create(new EventStreamOptions()), clock,
            NullLogger<EventStreamReader>.Instance);
        await reader.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < seconds.Length; i++)
        {
            await Eventually.BecomesAsync(() => clock.Waits.Count > i, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            clock.Advance(clock.Waits[i]);
        }

        clock.Waits.Take(seconds.Length).Select(wait => wait.TotalSeconds).ShouldBe(seconds);
        answers.Paths.ShouldAllBe(path => path == "/api/v1/enrichment/events?kinds=run,job,circuit,scheduler,quality");
        await reader.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_falls_silent_without_an_end_is_lost_and_made_anew(bool isAnswered)
    {
        var clock = new Clock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using var answers = new Silence(isAnswered);
        var feed = new LiveFeed(NullLogger<LiveFeed>.Instance);
        using var reader = new EventStreamReader(
            answers, feed, new SharedReads(clock), Options.Create(new EventStreamOptions()), clock,
            NullLogger<EventStreamReader>.Instance);
        var read = new TaskCompletionSource();
        feed.Changed += _ => read.TrySetResult();
        await reader.StartAsync(TestContext.Current.CancellationToken);
        if (isAnswered)
            await read.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await Eventually.BecomesAsync(
            () =>
            {
                clock.Advance(EventStreamReader.LongestSilence / 2);
                return answers.LastIds.Count > 1;
            },
            TimeSpan.FromMinutes(1),
            TestContext.Current.CancellationToken);

        answers.LastIds.Take(2).ShouldBe([null, isAnswered ? "7" : null]);
        await reader.StopAsync(TestContext.Current.CancellationToken);
    }

    // A connection on which nothing comes any more, after one event or before an answer.
    private sealed class Silence(bool isAnswered) : HttpMessageHandler, IHttpClientFactory
    {
        public ConcurrentQueue<string?> LastIds { get; } = [];

        public HttpClient CreateClient(string name) =>
            new(this, disposeHandler: false) { BaseAddress = new Uri("http://api"), Timeout = Timeout.InfiniteTimeSpan };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            LastIds.Enqueue(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null);
            if (!isAnswered)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            var pipe = new Pipe();
            await pipe.Writer.WriteAsync("id: 7\nevent: run\ndata: {}\n\n"u8.ToArray(), cancellationToken);
            return new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) };
        }
    }

    private sealed class Clock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private readonly List<TimeSpan> _waits = [];

        public IReadOnlyList<TimeSpan> Waits
        {
            get
            {
                lock (_waits)
                    return [.. _waits];
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            lock (_waits)
            {
                if (dueTime != EventStreamReader.LongestSilence)
                    _waits.Add(dueTime);
            }

            return timer;
        }
    }

    private sealed class Refusals(string? retryAfter) : HttpMessageHandler, IHttpClientFactory
    {
        public List<string> Paths { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://api") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.PathAndQuery);
            var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            if (retryAfter is not null)
                answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(answer);
        }
    }
}
