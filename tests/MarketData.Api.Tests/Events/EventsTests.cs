using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MarketData.Api.Events;
using MarketData.Api.Tests.Enrichment;
using MarketData.Api.Tests.Historical;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
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

    [Theory]
    [InlineData("17")]
    [InlineData("no id at all: 1:2:3~")]
    [InlineData("5:4:")]
    [InlineData("99999999999999999999:1:")]
    [InlineData("99999999999:99999999999:")]
    public async Task A_last_id_that_is_none_or_is_of_another_database_begins_afresh(string id)
    {
        using var timeout = Limit();
        foreach (var (header, query) in ((string?, string)[])[(id, ""), (null, $"?last_event_id={Uri.EscapeDataString(id)}")])
        {
            await using var listener = await Listener.OpenAsync(fixture.Stranger, header, timeout.Token, query);
            await WriteAsync("anew", 1, timeout.Token);
            await HearAsync(listener, [], "anew", 1);
        }
    }

    [Fact]
    public async Task A_listener_hears_the_kinds_and_symbols_that_it_asks_for_and_misses_none_when_it_reconnects()
    {
        using var timeout = Limit();
        await fixture.Database.TrackAsync("WANTED");
        await fixture.Database.TrackAsync("TOO");
        await fixture.Database.TrackAsync("UNWANTED");
        var heard = new List<string>();
        string? last;
        const string query = "?kinds=candle,QUALITY&kinds=job&symbols=wanted&symbols=TOO&timeframes=1h";
        await using (var first = await Listener.OpenAsync(fixture.Stranger, null, timeout.Token, query))
        {
            await PublishAsync("job", "WANTED", null);
            await PublishAsync("job", "UNWANTED", null);
            await PublishAsync("run", null, null);
            await PublishAsync("candle", "WANTED", "1d");
            await PublishAsync("candle", "TOO", "1h");
            last = await HearAsync(first, heard, 2);
        }

        await PublishAsync("circuit", null, null);
        for (var i = 0; i < 600; i++)
            await PublishAsync("quality", "UNWANTED", null);
        await PublishAsync("quality", "WANTED", null);
        await using (var second = await Listener.OpenAsync(fixture.Stranger, last, timeout.Token, query))
        {
            last = await HearAsync(second, heard, 1);
            await PublishAsync("quality", "UNWANTED", null);
            await PublishAsync("job", "TOO", "1h");
            await HearAsync(second, heard, 1);
        }

        heard.ShouldBe(["job WANTED ", "candle TOO 1h", "quality WANTED ", "job TOO 1h"]);
    }

    [Theory]
    [InlineData("kinds=candle,trade", HttpStatusCode.BadRequest, "kinds")]
    [InlineData("kinds=", HttpStatusCode.BadRequest, "kinds")]
    [InlineData("symbols=A%20B", HttpStatusCode.BadRequest, "symbols")]
    [InlineData("timeframes=2h", HttpStatusCode.BadRequest, "timeframes")]
    [InlineData("kind=candle", HttpStatusCode.BadRequest, "kind")]
    [InlineData("symbols=NOBODY", HttpStatusCode.NotFound, null)]
    public async Task What_can_not_be_heard_is_refused(string query, HttpStatusCode status, string? field) =>
        await fixture.Stranger.FetchAsync($"{Path}?{query}").ProblemAsync(status, field);

    [Fact]
    public async Task A_write_of_candles_is_one_event_with_the_newest_and_one_that_changes_nothing_is_none()
    {
        using var timeout = Limit();
        await fixture.Database.TrackAsync("BARS");
        await using var listener = await Listener.OpenAsync(fixture.Stranger, null, timeout.Token, "?kinds=candle&symbols=BARS");
        var days = Enumerable.Range(2, 3).Select(day => HistoricalData.Day($"2024-01-0{day}", 100 + day)).ToArray();
        await WriteAsync(days);
        await WriteAsync(days);
        days[1] = HistoricalData.Day("2024-01-03", 55);
        await WriteAsync(days);

        var first = Read<CandleEvent>((await listener.NextAsync()).Data);
        (first.Symbol, first.Timeframe, first.Inserted, first.Updated).ShouldBe(("BARS", "1d", 3, 0));
        (first.From, first.Candle.Timestamp, first.Candle.Close).ShouldBe(
            (new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc), new DateTime(2024, 1, 4, 0, 0, 0, DateTimeKind.Utc), 104));
        var second = Read<CandleEvent>((await listener.NextAsync()).Data);
        (second.Inserted, second.Updated, second.From.Day, second.Candle.Timestamp.Day).ShouldBe((0, 1, 3, 4));

        Task<WriteResult> WriteAsync(StoredCandle[] candles) => new SeriesWriter(fixture.Database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = new(Symbol.Parse("BARS"), AssetClass.Stock), Interval = BarInterval.OneDay, Source = "test", Candles = candles },
            timeout.Token);
    }

    [Fact]
    public async Task Events_are_as_the_document_says_and_their_times_end_in_Z_whatever_the_zone_of_the_session()
    {
        using var timeout = Limit();
        await using var listener = await Listener.OpenAsync(fixture.Stranger, null, timeout.Token);
        await fixture.Database.TrackAsync("ZONED");
        await fixture.Database.ExecuteAsync("""
            SET TIME ZONE 'Asia/Kolkata';
            INSERT INTO enrichment_history (job_id, trigger, status, started_at) VALUES (gen_random_uuid(), 'manual', 'running', now());
            INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, step_timeframe)
                SELECT job_id, 'ZONED', 'stock', ARRAY['1d'], '1d' FROM enrichment_history LIMIT 1;
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state) VALUES ('yahoo', 'n', 'closed', 'open');
            UPDATE scheduler_state SET paused = NOT paused, changed_at = now();
            UPDATE symbol_status SET status = 'warning', quality_score = 0.5, last_enrichment_time = now() WHERE symbol = 'ZONED';
            RESET TIME ZONE;
            """);
        await new SeriesWriter(fixture.Database.DataSource).WriteAsync(
            new()
            {
                Instrument = new(Symbol.Parse("ZONED"), AssetClass.Stock),
                Interval = BarInterval.OneDay,
                Source = "test",
                Candles = new[] { HistoricalData.Day("2024-01-02", 100) },
            },
            timeout.Token);
        var document = JsonDocument.Parse(await fixture.Stranger.GetStringAsync("/openapi/v1.json", timeout.Token)).RootElement;
        var documented = document.GetProperty("paths").GetProperty(Path).GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("x-events");
        var expected = documented.EnumerateObject().Select(kind => kind.Name).ToHashSet();
        expected.ShouldBe(["run", "job", "circuit", "scheduler", "quality", "candle"], ignoreOrder: true);
        while (expected.Count > 0)
        {
            var item = await listener.NextAsync();
            if (item.Data.Contains("\"mark\"", StringComparison.Ordinal))
                continue;
            Regex.IsMatch(item.Data, @"\d\d:\d\d(:[\d.]+)?[^Z\d:.]").ShouldBeFalse(item.Data);
            var schema = document.GetProperty("components").GetProperty("schemas").GetProperty(
                documented.GetProperty(item.EventType).GetProperty("$ref").GetString()!.Split('/')[^1]);
            using var payload = JsonDocument.Parse(item.Data);
            payload.RootElement.EnumerateObject().Select(field => field.Name).ShouldBeSubsetOf(schema.GetProperty("properties").EnumerateObject().Select(field => field.Name));
            Parsed(item.EventType, item.Data).ShouldNotBeNull();
            expected.Remove(item.EventType);
        }
    }

    [Fact]
    public async Task A_token_opens_the_stream_where_reads_are_closed_for_a_while_and_nothing_else()
    {
        using var timeout = Limit();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var api = await ApiApplication.StartAsync(fixture.Database.ConnectionString, time, ("Api:RequireKeyForReads", "true"));
        var keys = new KeyStore(fixture.Database.DataSource);
        var (key, secret) = await keys.CreateAsync(new("page", ["read"], null), new Actor("test", null), timeout.Token);
        using var owner = api.With(secret);
        await api.Client.FetchAsync(Path).ProblemAsync(HttpStatusCode.Unauthorized);
        await api.Client.PostAsync(Path + "/token").ProblemAsync(HttpStatusCode.Unauthorized);
        var token = (await owner.PostAsync(Path + "/token").JsonAsync()).GetProperty("token").GetString()!;

        await using var listener = await Listener.OpenAsync(api.Client, null, timeout.Token, $"?token={token}&kinds=quality");
        await WriteAsync("token", 1, timeout.Token);
        await HearAsync(listener, [], "token", 1);

        await api.Client.FetchAsync($"/api/v1/symbols?token={token}").ProblemAsync(HttpStatusCode.Unauthorized);
        foreach (var other in (string[])[token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), token.Replace('.', '_'), "mds_x.y", "x", secret])
            await api.Client.FetchAsync($"{Path}?token={Uri.EscapeDataString(other)}").ProblemAsync(HttpStatusCode.Unauthorized);
        // One that is not valid is none, where reading is open too.
        await fixture.Stranger.FetchAsync($"{Path}?token=x").ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Stranger.PostAsync(Path + "/token").ProblemAsync(HttpStatusCode.Conflict);

        time.Advance(TimeSpan.FromMinutes(11));
        await api.Client.FetchAsync($"{Path}?token={token}").ProblemAsync(HttpStatusCode.Unauthorized);
        token = (await owner.PostAsync(Path + "/token").JsonAsync()).GetProperty("token").GetString()!;
        await keys.RevokeAsync(key.Id, new Actor("test", null), timeout.Token);
        await api.Client.FetchAsync($"{Path}?token={token}").ProblemAsync(HttpStatusCode.Unauthorized);
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

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static T Read<T>(string data) where T : class => JsonSerializer.Deserialize<T>(data, Strict).ShouldNotBeNull();

    private static object? Parsed(string kind, string data) => kind switch
    {
        "run" => Read<RunEvent>(data),
        "job" => Read<JobEvent>(data),
        "circuit" => Read<CircuitEvent>(data),
        "scheduler" => Read<SchedulerEvent>(data),
        "quality" => Read<QualityEvent>(data),
        "candle" => Read<CandleEvent>(data),
        _ => null,
    };

    private Task PublishAsync(string kind, string? symbol, string? timeframe) => fixture.Database.ExecuteAsync(
        "SELECT publish_event(@kind, jsonb_build_object('symbol', @symbol::text, 'timeframe', @timeframe::text))", new { kind, symbol, timeframe });

    private static async Task<string?> HearAsync(Listener listener, List<string> heard, int count)
    {
        string? last = null;
        for (; count > 0; count--)
        {
            var item = await listener.NextAsync();
            using var payload = JsonDocument.Parse(item.Data);
            heard.Add($"{item.EventType} {payload.RootElement.GetProperty("symbol")} {payload.RootElement.GetProperty("timeframe")}");
            last = item.EventId;
        }

        return last;
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
            if (item.EventType != "quality" || !payload.TryGetProperty("mark", out var marked) || marked.GetString() != mark)
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

        public static async Task<Listener> OpenAsync(HttpClient client, string? lastId, CancellationToken cancellation, string query = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path + query);
            if (lastId is not null)
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
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
