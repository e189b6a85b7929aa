using System.Net;
using MarketData.Testing;
using MarketData.Web.Api;
using MarketData.Web.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MarketData.Web.Tests.Live;

/// <summary>What is told to whoever listens in this process.</summary>
public sealed class LiveFeedTests
{
    [Fact]
    public async Task A_listener_that_fails_keeps_neither_others_from_hearing_nor_the_stream_from_being_read()
    {
        var heard = new List<string?>();
        var connections = 0;
        var feed = new LiveFeed(NullLogger<LiveFeed>.Instance);
        feed.Changed += _ => throw new InvalidOperationException("A page's mistake.");
        feed.Changed += change => heard.Add(change.Text("status"));
        feed.ConnectionChanged += () => throw new InvalidOperationException("A page's mistake.");
        feed.ConnectionChanged += () => connections++;
        using var stream = new Stream("event: run\ndata: {\"status\":\"running\"}\n\nevent: run\ndata: {\"status\":\"completed\"}\n\n");
        using var reader = new EventStreamReader(
            stream, feed, new SharedReads(TimeProvider.System), Options.Create(new EventStreamOptions()), TimeProvider.System, NullLogger<EventStreamReader>.Instance);

        await reader.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => connections >= 2, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        heard.Take(2).ShouldBe(["running", "completed"]);
        reader.ExecuteTask!.IsCompleted.ShouldBeFalse();
        await reader.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_nobody_expects_of_a_connection_is_a_reason_to_connect_again()
    {
        var feed = new LiveFeed(NullLogger<LiveFeed>.Instance);
        using var stream = new Stream("event: run\ndata: {\"status\":\"running\"}\n\n") { Failure = new TaskCanceledException("Not ours.") };
        var heard = 0;
        feed.Changed += _ => heard++;
        using var reader = new EventStreamReader(
            stream, feed, new SharedReads(TimeProvider.System), Options.Create(new EventStreamOptions()), TimeProvider.System, NullLogger<EventStreamReader>.Instance);

        await reader.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => heard > 0, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await reader.StopAsync(TestContext.Current.CancellationToken);
    }

    // The first connection fails, if it is to; each further one has the events, and ends.
    private sealed class Stream(string events) : HttpMessageHandler, IHttpClientFactory
    {
        public Exception? Failure { get; set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://api") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (failure, answer) = (Failure, new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(events) });
            Failure = null;
            return failure is null ? Task.FromResult(answer) : Task.FromException<HttpResponseMessage>(failure);
        }
    }
}
