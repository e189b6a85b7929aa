using System.Diagnostics;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Testing;
using MarketData.Testing.Tools;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Api.Tests.Clients;

/// <summary>
/// Clients written from the documentation alone, in Python and TypeScript, against an API that lets them ask four times a minute: they read every
/// page, wait when they are told to, tell problems apart by their code, and miss no event while they are away.
/// </summary>
public sealed class ReaderTests(ReadableApi data) : IClassFixture<ReadableApi>
{
    private const int RequestsPerMinute = 4;
    private const string Symbols = "AAPL,NOBODY,MSFT,SPY";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_in_Python_reads_what_is_stored()
    {
        Assert.SkipWhen(Tool.Find("python3") is null, "Python is not installed.");
        var script = Path.Combine(AppHostProcess.RepositoryRoot(), "tests", "MarketData.Api.Tests", "Python", "reader.py");
        await ReadsAllAsync(address => Task.FromResult(new ProcessStartInfo("python3", [script, address, Symbols])));
    }

    [Fact]
    public async Task A_reader_in_TypeScript_reads_what_is_stored()
    {
        await NodeProject.CompileClientsAsync(data.Client, Cancellation);
        await ReadsAllAsync(address => NodeProject.StartOfAsync("client/reader.js", address, Symbols));
    }

    private async Task ReadsAllAsync(Func<string, Task<ProcessStartInfo>> program)
    {
        // The last second of a minute: whoever is refused has one to wait, in which the test goes to the last second of the next.
        var time = new FakeTimeProvider(new DateTimeOffset(DateTimeOffset.UtcNow.UtcDateTime.Date.AddMinutes(1).AddSeconds(-1)));
        await using var api = await ApiApplication.StartAsync(data.Database.ConnectionString, time, ("Api:RequireKeyForReads", "true"));
        var start = await program(api.Client.BaseAddress!.ToString().TrimEnd('/'));
        start.Environment["KEY"] = await data.KeyAsync("enrich", RequestsPerMinute);
        var waits = 0;
        var output = await Tool.ReadAsync(
            start,
            line =>
            {
                line.ShouldBe("waits 1 s");
                waits++;
                time.Advance(TimeSpan.FromMinutes(1));
            },
            Cancellation);

        var told = JsonDocument.Parse(output).RootElement;
        foreach (var symbol in (string[])["AAPL", "MSFT", "SPY"])
        {
            var stored = await data.StoredAsync($"symbol = '{symbol}' AND timeframe = '1d' AND ts >= '2024-01-01Z' AND ts < '2024-10-01Z'");
            stored.Count.ShouldBeInRange(101, 200);
            told.GetProperty("read").GetProperty(symbol).EnumerateArray().Select(row => (row[0].GetDateTime(), row[1].GetDouble())).ShouldBe(stored);
        }

        told.GetProperty("skipped").EnumerateObject().Select(one => (one.Name, one.Value.GetString())).ShouldBe([("NOBODY", "symbol_not_tracked")]);
        // Three times two pages, one symbol that is none, two streams and two triggers.
        waits.ShouldBeGreaterThanOrEqualTo(2);
        told.GetProperty("before").Texts().ShouldContain(told.GetProperty("first").GetString());
        told.GetProperty("after").Texts().ShouldBe([told.GetProperty("missed").GetString()]);
        foreach (var run in (string[])["first", "missed"])
            await data.Database.EndAsync(told.GetProperty(run).GetGuid());
    }
}
