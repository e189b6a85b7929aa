using MarketData.Api.Tests.Historical;
using MarketData.Testing;

namespace MarketData.Api.Tests.Requests;

/// <summary>The Api is told to stop while it answers.</summary>
public sealed class StopTests(PostgresServer server) : IAsyncLifetime
{
    // More than what buffers between the two processes hold.
    private const int Candles = 200_000;

    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await GeneratedCandles.WriteAsync(_database.DataSource, "LONG", Candles, Cancellation);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_export_that_has_begun_is_written_to_its_end_and_event_streams_end_at_once()
    {
        await using var api = await StartAsync(shutdownSeconds: 600);
        using var export = await BeginAsync(api, "historical/LONG?timeframe=5m&format=csv");
        using var events = await BeginAsync(api, "enrichment/events");

        api.Terminate();
        var stream = await events.Content.ReadAsStringAsync(Cancellation);
        var lines = (await export.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await api.EndedAsync(Cancellation);

        stream.ShouldContain("id: ");
        lines.Length.ShouldBe(Candles + 1);
        api.ExitCode.ShouldBe(0, api.Output);
    }

    [Fact]
    public async Task An_export_that_takes_longer_than_a_stop_may_is_broken_off_and_not_taken_for_whole()
    {
        await using var api = await StartAsync(shutdownSeconds: 1);
        using var export = await BeginAsync(api, "historical/LONG?timeframe=5m&format=csv");

        api.Terminate();
        await api.EndedAsync(Cancellation);

        await Should.ThrowAsync<HttpRequestException>(() => export.Content.ReadAsStringAsync(Cancellation));
    }

    private Task<ServiceProcess> StartAsync(int shutdownSeconds) => ApiProcess.StartAsync(
        _database.ConnectionString,
        new Dictionary<string, string?> { ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = $"{shutdownSeconds}" },
        Cancellation);

    private static async Task<HttpResponseMessage> BeginAsync(ServiceProcess api, string path)
    {
        var answer = await api.Client.GetAsync($"/api/v1/{path}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        return answer.EnsureSuccessStatusCode();
    }
}
