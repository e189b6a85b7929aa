using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>The wires between front door, API and database lie: callers are answered all the same, or told so, and miss no event.</summary>
public sealed class ServiceNetworkTests(FaultFreeRun faultFree) : ScenarioTests
{
    private const string Path = "api/v1/symbols";
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);
    private static readonly WireConditions Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(20),
        Jitter = TimeSpan.FromMilliseconds(80),
        SliceBytes = 200,
        CloseDelay = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task Calls_are_answered_and_no_event_is_missed_whatever_the_wires_do()
    {
        await using var database = await faultFree.Server.CreateDatabaseAsync(Cancellation);
        await using var toDatabase = TcpProxy.ToServerOf(database.ConnectionString);
        await using var api = await ServiceProcess.StartAsync(
            "MarketData.Api", "health",
            [new("ConnectionStrings:marketdata", toDatabase.Through(database.ConnectionString)), new("Api:RequestsPerMinutePerAddress", "1000000")],
            Cancellation);
        await using var toApi = new TcpProxy(api.Address.Host, api.Address.Port);
        await using var web = await ServiceProcess.StartAsync(
            "MarketData.Web", "alive",
            [new("services:api:http:0", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{toApi.Port}"))],
            Cancellation);
        await using var caller = new Caller(web.Address, database.DataSource);
        await caller.ListenAsync();
        await ShouldAnswerAsync(caller);

        foreach (var wire in (TcpProxy[])[toDatabase, toApi])
        {
            (wire.ToServer, wire.ToClient, wire.ConnectJitter) = (Slow, Slow, TimeSpan.FromSeconds(1));
            wire.ResetAll();
            await caller.ChangeAsync();
            await Eventually.BecomesAsync(async () => await caller.AskAsync() == HttpStatusCode.OK, WaitLimit, Cancellation);
            await ShouldAnswerAsync(caller);
            wire.Mend();
        }

        // Gone without a word, back without a memory: callers are told at once, and what the API kept of before leads nowhere.
        toDatabase.Cut();
        await Eventually.BecomesAsync(async () => await caller.AskAsync() == HttpStatusCode.ServiceUnavailable, WaitLimit, Cancellation);
        await caller.ChangeAsync();
        toDatabase.MendForgetting();
        await Eventually.BecomesAsync(async () => await caller.AskAsync() == HttpStatusCode.OK, WaitLimit, Cancellation);
        await ShouldAnswerAsync(caller);

        foreach (var cut in (Action[])[toApi.Cut, toApi.CutToClient])
        {
            cut();
            await caller.ChangeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
            toApi.Mend();
            await Eventually.BecomesAsync(async () => await caller.AskAsync() == HttpStatusCode.OK, WaitLimit, Cancellation);
        }

        await caller.ChangeAsync();
        await Eventually.BecomesAsync(() => caller.Heard.Count >= caller.Changes, WaitLimit, Cancellation);
        caller.Heard.ShouldBe(Enumerable.Range(1, caller.Changes), "Each change once, in order.");
        Row.Did($"7 lies of 2 wires, {caller.Asked} calls, {caller.Changes} events through {caller.Streams} streams");
    }

    // Every one in less time than a statement may take: none waits on a connection that leads nowhere.
    private static async Task ShouldAnswerAsync(Caller caller)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => caller.AskAsync()));
        answers.ShouldAllBe(answer => answer == HttpStatusCode.OK);
    }

    /// <summary>Asks the front door, listens to it as a browser does, and changes what there is to hear of behind its back.</summary>
    private sealed class Caller(Uri door, NpgsqlDataSource database) : IAsyncDisposable
    {
        private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
        private readonly HttpClient _http = new() { BaseAddress = door, Timeout = CallTimeout };
        private readonly CancellationTokenSource _ended = new();
        private readonly SchedulerStore _scheduler = new(database);
        private Task _listening = Task.CompletedTask;
        private string? _lastId;
        private int _asked;

        public int Asked => _asked;

        public int Changes { get; private set; }

        public int Streams { get; private set; }

        public ConcurrentQueue<int> Heard { get; } = [];

        public async Task<HttpStatusCode> AskAsync()
        {
            Interlocked.Increment(ref _asked);
            using var answer = await _http.GetAsync(new Uri(Path, UriKind.Relative), Cancellation);
            return answer.StatusCode;
        }

        public async Task ChangeAsync()
        {
            var by = (++Changes).ToString(CultureInfo.InvariantCulture);
            await (Changes % 2 == 1 ? _scheduler.PauseAsync(by, Cancellation) : _scheduler.ResumeAsync(by, Cancellation));
        }

        /// <summary>Returns when the first stream has begun; from then on each that ends is followed by the next.</summary>
        public async Task ListenAsync()
        {
            var begun = new TaskCompletionSource();
            _listening = KeepListeningAsync(begun);
            await begun.Task.WaitAsync(WaitLimit, Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.Dispose();
            _http.Dispose();
        }

        private async Task KeepListeningAsync(TaskCompletionSource begun)
        {
            while (true)
            {
                try
                {
                    await ListenOnceAsync(begun);
                }
                catch (Exception e) when (
                    e is HttpRequestException or IOException || e is OperationCanceledException && !_ended.IsCancellationRequested)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), _ended.Token);
                }
            }
        }

        private async Task ListenOnceAsync(TaskCompletionSource begun)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/enrichment/events?kinds=scheduler");
            if (_lastId is not null)
                request.Headers.Add("Last-Event-ID", _lastId);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ended.Token);
            answer.EnsureSuccessStatusCode();
            Streams++;
            begun.TrySetResult();
            await using var stream = await answer.Content.ReadAsStreamAsync(_ended.Token);
            var events = SseParser.Create(stream);
            try
            {
                await foreach (var item in events.EnumerateAsync(_ended.Token))
                    Heard.Enqueue(ChangeOf(item.Data));
            }
            finally
            {
                _lastId = events.LastEventId is { Length: > 0 } id ? id : _lastId;
            }
        }

        private static int ChangeOf(string data)
        {
            using var change = JsonDocument.Parse(data);
            return int.Parse(change.RootElement.GetProperty("changed_by").GetString()!, CultureInfo.InvariantCulture);
        }
    }
}
