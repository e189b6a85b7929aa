using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Storage.Keys;
using MarketData.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Api.Tests.Events;

public sealed class EventsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v1/enrichment/events";
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_happens_arrives_as_it_happens()
    {
        using var timeout = Limit();
        await using var listener = await Listener.OpenAsync(fixture.Stranger, null, timeout.Token);
        await fixture.Database.TrackAsync("LIVE");
        var run = await fixture.Database.QueueAsync("LIVE");
        await fixture.Operator.PostAsync("/api/v1/enrichment/pause").JsonAsync();
        await fixture.Operator.PostAsync("/api/v1/enrichment/resume").JsonAsync();
        var kinds = new HashSet<string>();
        while (!kinds.IsSupersetOf(["run", "job", "scheduler"]))
        {
            var item = await listener.NextAsync();
            item.EventId.ShouldNotBeNullOrEmpty();
            if (item.EventType != "run" || JsonDocument.Parse(item.Data).RootElement.GetProperty("job_id").GetGuid() == run)
                kinds.Add(item.EventType);
        }
    }

    [Fact]
    public async Task A_listener_that_reconnects_misses_nothing_and_hears_nothing_twice()
    {
        const int events = 1_200;
        using var timeout = Limit();
        var heard = new List<int>();
        string? last;
        Task writing;
        await using (var first = await Listener.OpenAsync(fixture.Stranger, null, timeout.Token))
        {
            writing = WriteAsync("resume", events, timeout.Token);
            last = await HearAsync(first, heard, "resume", 100);
        }

        for (var round = 0; heard[^1] < events - 1; round++)
        {
            await using var next = await Listener.OpenAsync(fixture.Stranger, last, timeout.Token);
            last = await HearAsync(next, heard, "resume", 150 + round);
        }

        await writing;
        heard.ShouldBe(Enumerable.Range(0, events));
    }

    [Fact]
    public async Task A_last_id_that_is_none_is_refused_and_one_of_another_database_begins_anew()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("Last-Event-ID", "17");
        await fixture.Stranger.SendAsync(request, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.BadRequest, "Last-Event-ID");
        using var timeout = Limit();
        await using var listener = await Listener.OpenAsync(fixture.Stranger, "99999999999:99999999999:", timeout.Token);
        await WriteAsync("anew", 1, timeout.Token);
        await HearAsync(listener, [], "anew", 1);
    }

    [Fact]
    public async Task A_thousand_listeners_share_one_connection_to_the_database()
    {
        using var timeout = Limit();
        var listeners = new List<Listener>();
        try
        {
            for (var i = 0; i < 1_000; i++)
                listeners.Add(await Listener.OpenAsync(fixture.Stranger, null, timeout.Token));
            (await fixture.Operator.FetchAsync("/api/v1/system").JsonAsync()).GetProperty("event_listeners").GetInt32().ShouldBeGreaterThanOrEqualTo(1_000);
            await using (var connection = await fixture.Database.DataSource.OpenConnectionAsync(timeout.Token))
            {
                var listening = await Dapper.SqlMapper.ExecuteScalarAsync<long>(
                    connection,
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query NOT LIKE '%pg_stat_activity%' AND pid <> pg_backend_pid()");
                listening.ShouldBeLessThan(20);
            }

            await WriteAsync("crowd", 1, timeout.Token);
            await Task.WhenAll(listeners.Select(listener => HearAsync(listener, [], "crowd", 1)));
        }
        finally
        {
            foreach (var listener in listeners)
                await listener.DisposeAsync();
        }

        await Eventually.BecomesAsync(
            async () => (await fixture.Operator.FetchAsync("/api/v1/system").JsonAsync()).GetProperty("event_listeners").GetInt32() < 50,
            WaitLimit,
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_stream_heals_when_the_database_comes_back()
    {
        using var timeout = Limit();
        await using var postgres = await TestPostgres.StartNewAsync(timeout.Token);
        await using var api = await ApiApplication.StartAsync(postgres.ConnectionString);
        await using var listener = await Listener.OpenAsync(api.Client, null, timeout.Token);
        await PublishAsync(postgres.ConnectionString, "heal", 0, timeout.Token);
        await HearAsync(listener, [], "heal", 1);
        await postgres.StopAsync();
        await postgres.StartAsync(timeout.Token);
        await PublishAsync(postgres.ConnectionString, "heal", 1, timeout.Token);
        await HearAsync(listener, [], "heal", 1);
    }

    [Fact]
    public async Task A_stream_is_kept_alive_and_ends_soon_after_its_key_is_revoked()
    {
        using var timeout = Limit();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var api = await ApiApplication.StartAsync(fixture.Database.ConnectionString, time);
        var keys = new KeyStore(fixture.Database.DataSource);
        var (key, secret) = await keys.CreateAsync(new("listener", ["read"], null), new Actor("test", null), timeout.Token);
        using var client = api.With(secret);
        using var answer = await client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(timeout.Token));
        await using var other = await Listener.OpenAsync(api.Client, null, timeout.Token);
        (await lines.ReadLineAsync(timeout.Token)).ShouldNotBeNull().ShouldStartWith("id: ");
        (await lines.ReadLineAsync(timeout.Token)).ShouldBe("");

        time.Advance(TimeSpan.FromSeconds(15));
        (await lines.ReadLineAsync(timeout.Token)).ShouldBe(": still here");
        (await lines.ReadLineAsync(timeout.Token)).ShouldBe("");

        await keys.RevokeAsync(key.Id, new Actor("test", null), timeout.Token);
        var rest = lines.ReadToEndAsync(timeout.Token);
        while (!rest.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(rest, Task.Delay(100, timeout.Token));
        }

        await rest;
        // Without a key there is none to revoke.
        await WriteAsync("unrevoked", 1, timeout.Token);
        await HearAsync(other, [], "unrevoked", 1);
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        return limit;
    }

    // One after another, so that the order is known.
    private async Task WriteAsync(string mark, int count, CancellationToken cancellation)
    {
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(cancellation);
        for (var i = 0; i < count; i++)
            await PublishAsync(connection, mark, i);
    }

    private static async Task PublishAsync(string connectionString, string mark, int number, CancellationToken cancellation)
    {
        await using var connection = new Npgsql.NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellation);
        await PublishAsync(connection, mark, number);
    }

    private static Task<int> PublishAsync(Npgsql.NpgsqlConnection connection, string mark, int number) => Dapper.SqlMapper.ExecuteAsync(
        connection, "SELECT publish_event('quality', jsonb_build_object('mark', @mark, 'number', @number))", new { mark, number });

    private static async Task<string> HearAsync(Listener listener, List<int> heard, string mark, int count)
    {
        while (true)
        {
            var item = await listener.NextAsync();
            var payload = JsonDocument.Parse(item.Data).RootElement;
            if (item.EventType != "quality" || payload.GetProperty("mark").GetString() != mark)
                continue;
            heard.Add(payload.GetProperty("number").GetInt32());
            if (--count == 0 || heard[^1] == 1_199)
                return item.EventId!;
        }
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly HttpResponseMessage _answer;
        private readonly IAsyncEnumerator<SseItem<string>> _items;

        private Listener(HttpResponseMessage answer, Stream stream, CancellationToken cancellation) =>
            (_answer, _items) = (answer, SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation));

        public static async Task<Listener> OpenAsync(HttpClient client, string? lastId, CancellationToken cancellation)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path);
            if (lastId is not null)
                request.Headers.Add("Last-Event-ID", lastId);
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer.EnsureSuccessStatusCode();
            answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/event-stream");
            return new(answer, await answer.Content.ReadAsStreamAsync(cancellation), cancellation);
        }

        public async Task<SseItem<string>> NextAsync()
        {
            (await _items.MoveNextAsync()).ShouldBeTrue("the stream ended");
            return _items.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await _items.DisposeAsync();
            _answer.Dispose();
        }
    }
}
