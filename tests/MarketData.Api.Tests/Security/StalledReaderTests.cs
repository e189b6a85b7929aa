using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using MarketData.Api.Historical;
using MarketData.Api.Tests.Historical;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Api.Tests.Security;

/// <summary>Whoever asks for much and does not read it keeps nobody else from being answered.</summary>
public sealed class StalledReaderTests(PostgresServer server) : IAsyncLifetime
{
    private const string Export = "/api/v1/historical/LONG?timeframe=5m&format=csv";
    private const string Events = "/api/v1/enrichment/events";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await GeneratedCandles.WriteAsync(_database.DataSource, "LONG", 100_000, Cancellation);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Two_hundred_stalled_readers_take_nothing_from_others()
    {
        await using var api = await ApiApplication.StartAsync(_database.ConnectionString);
        var space = api.Services.GetRequiredService<SpoolSpace>();
        var readers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => StalledReader.AskAsync(api.Client.BaseAddress!, Export, $"10.1.{i / 100}.{i % 100}")));
        try
        {
            string[] paths = ["/api/v1/symbols", "/api/v1/status", "/api/v1/historical/LONG?timeframe=5m&limit=10", "/api/v1/latest?timeframe=5m&features=false"];
            var others = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => api.Client.GetAsync(paths[i % paths.Length], Cancellation)));
            others.Select(answer => answer.StatusCode).ShouldAllBe(status => status == HttpStatusCode.OK);
            // What they do not read is in files, and no connection waits for them.
            await Eventually.BecomesAsync(async () => space.Used > 0 && await ExportsInDatabaseAsync() == 0, Limit, Cancellation);
            await api.Client.FetchAsync("/api/v1/status").JsonAsync();
        }
        finally
        {
            foreach (var reader in readers)
                reader.Dispose();
        }

        await Eventually.BecomesAsync(() => space.Used == 0, Limit, Cancellation);
        using var next = await api.Client.GetAsync(Export, Cancellation);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Exports_are_limited_by_caller_and_in_all()
    {
        await using var api = await ApiApplication.StartAsync(
            _database.ConnectionString, ("Api:ExportsPerCaller", "1"), ("Api:Exports", "2"));
        using var one = await BegunAsync(api, "10.1.0.1");
        var (again, other) = (AskAsync(api, Export, "10.1.0.1"), BegunAsync(api, "10.1.0.2"));
        using var second = await other;
        var third = AskAsync(api, Export, "10.1.0.3");

        await RefusedAsync(again, HttpStatusCode.TooManyRequests, "too_many_streams");
        await RefusedAsync(third, HttpStatusCode.ServiceUnavailable, "streams_busy");
        // A small page is none, nor is what the client has already.
        (await AskAsync(api, "/api/v1/historical/LONG?timeframe=5m&limit=10", "10.1.0.1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        one.Dispose();
        await Eventually.BecomesAsync(async () => (await AskAsync(api, Export, "10.1.0.1")).IsSuccessStatusCode, Limit, Cancellation);
    }

    [Fact]
    public async Task Event_streams_are_limited_by_caller()
    {
        await using var api = await ApiApplication.StartAsync(_database.ConnectionString, ("Api:EventStreamsPerCaller", "1"));
        using (var one = await AskAsync(api, Events, "10.1.0.1"))
        {
            one.StatusCode.ShouldBe(HttpStatusCode.OK);
            await RefusedAsync(AskAsync(api, Events, "10.1.0.1"), HttpStatusCode.TooManyRequests, "too_many_streams");
            using var other = await AskAsync(api, Events, "10.1.0.2");
            other.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await Eventually.BecomesAsync(async () => (await AskAsync(api, Events, "10.1.0.1")).IsSuccessStatusCode, Limit, Cancellation);
    }

    [Fact]
    public async Task A_reader_that_stalls_is_let_go_and_its_place_is_free()
    {
        await using var api = await ApiApplication.StartAsync(
            _database.ConnectionString, ("Api:Exports", "1"), ("ResponseRate:BytesPerSecond", "1000000"), ("ResponseRate:GraceSeconds", "2"));
        using var stalled = await BegunAsync(api, "10.1.0.1");

        await Eventually.BecomesAsync(async () => (await AskAsync(api, Export, "10.1.0.2")).IsSuccessStatusCode, Limit, Cancellation);

        (await stalled.IsWholeAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300_000)]
    [InlineData(2_000_000_000)]
    public async Task Who_reads_late_gets_the_same_bytes_however_much_room_there_is(long room)
    {
        await using var api = await ApiApplication.StartAsync(
            _database.ConnectionString, ("Api:ExportSpoolBytes", room.ToString(CultureInfo.InvariantCulture)));
        var expected = SHA256.HashData(await api.Client.GetByteArrayAsync(Export, Cancellation));
        using var late = await AskAsync(api, Export, "10.1.0.1");
        if (room > 1_000_000)
        {
            // All is of the moment at which it was asked for.
            await Eventually.BecomesAsync(async () => await ExportsInDatabaseAsync() == 0, Limit, Cancellation);
            await using var change = _database.DataSource.CreateCommand("UPDATE bars_5m SET close = close + 1000, high = high + 1000");
            await change.ExecuteNonQueryAsync(Cancellation);
        }

        await using var body = await late.Content.ReadAsStreamAsync(Cancellation);
        (await SHA256.HashDataAsync(body, Cancellation)).ShouldBe(expected);
        await Eventually.BecomesAsync(() => api.Services.GetRequiredService<SpoolSpace>().Used == 0, Limit, Cancellation);
    }

    private static async Task<StalledReader> BegunAsync(ApiApplication api, string from)
    {
        var reader = await StalledReader.AskAsync(api.Client.BaseAddress!, Export, from);
        (await reader.BeginAsync()).ShouldStartWith("HTTP/1.1 200");
        return reader;
    }

    private static async Task<HttpResponseMessage> AskAsync(ApiApplication api, string path, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { RemoteAddress.Header, from } } };
        return await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> call, HttpStatusCode status, string code)
    {
        (await call).Headers.RetryAfter?.Delta.ShouldNotBeNull();
        (await call.ProblemAsync(status)).GetProperty("code").GetString().ShouldBe(code);
    }

    private async Task<long> ExportsInDatabaseAsync()
    {
        await using var running = _database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%stream candles%' AND pid <> pg_backend_pid() AND state <> 'idle'");
        return (long)(await running.ExecuteScalarAsync(Cancellation))!;
    }
}
