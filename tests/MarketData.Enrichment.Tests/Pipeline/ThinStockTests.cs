using MarketData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Hours of stocks that are not traded in every half hour.</summary>
public sealed class ThinStockTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime Opening = new(2026, 11, 16, 14, 30, 0, DateTimeKind.Utc);
    private readonly HashSet<int> _unreadable = [];

    [Fact]
    public async Task An_hour_without_one_of_its_halves_is_kept_and_marked_until_that_comes()
    {
        var halves = new HashSet<int>([0, 1, 3, 4, 5, 8, 12]);
        await using var wire = await StartAsync(halves);
        await ConfigureAsync(("Providers:Polygon:BaseUrl", wire.Urls.Single() + "/polygon"), ("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("THIN", "stock", "1h");
        (await EnrichAsync("THIN", Opening.Date, Opening.Date.AddDays(1))).Message.ShouldBeNull();

        (await MarksAsync("1h")).ShouldBe(["14:30", "15:30 incomplete", "16:30", "18:30 incomplete gap_before", "20:30 gap_before"]);
        var half = (await CandlesAsync("THIN", "1h"))[1];
        (half.Open, half.Close, half.Volume, half.Validated).ShouldBe((103, 103.5, 1000, true));

        // What is fetched beside it takes no mark away; the other half does.
        halves.Add(9);
        (await EnrichAsync("THIN", Opening.AddHours(4), Opening.AddHours(6))).Status.ShouldBe("succeeded");
        (await MarksAsync("1h")).ShouldBe(["14:30", "15:30 incomplete", "16:30", "18:30 gap_before", "20:30 gap_before"]);
    }

    [Fact]
    public async Task Four_hours_are_kept_likewise_and_a_part_that_is_no_bar_is_not_left_out_in_silence()
    {
        _unreadable.Add(9);
        await using var wire = await StartAsync([0, 2, 8, 9, 10]);
        await ConfigureAsync(("Providers:Polygon:BaseUrl", wire.Urls.Single() + "/polygon"), ("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("THIN", "stock", "4h");
        (await EnrichAsync("THIN", Opening.Date, Opening.Date.AddDays(1))).Message.ShouldBeNull();

        (await MarksAsync("4h")).ShouldBe(["14:30 incomplete"]);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(1);
    }

    private Task<IReadOnlyList<string>> MarksAsync(string timeframe) => QueryAsync<string>(
        """
        SELECT concat_ws(' ', to_char(ts AT TIME ZONE 'UTC', 'HH24:MI'),
            (SELECT string_agg(mark, ' ' ORDER BY mark DESC) FROM (VALUES ('incomplete'), ('gap_before')) AS m (mark) WHERE mark = ANY (validation_notes)))
        FROM candles WHERE symbol = 'THIN' AND timeframe = @timeframe ORDER BY ts
        """,
        new { timeframe });

    // Half hours of a day by their number, in Polygon's wire format.
    private async Task<WebApplication> StartAsync(HashSet<int> halves)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/polygon/v2/aggs/ticker/{ticker}/range/30/minute/{from}/{to}", (string ticker, long from, long to) => Results.Json(new
        {
            ticker,
            status = "OK",
            results = halves.Order().Select(half => (Half: half, Stamp: new DateTimeOffset(Opening.AddMinutes(30 * half)).ToUnixTimeMilliseconds()))
                .Where(one => one.Stamp >= from && one.Stamp <= to)
                .Select(one => new
                {
                    t = one.Stamp,
                    o = 100.0 + one.Half,
                    h = 102.0 + one.Half,
                    l = 99.0 + one.Half,
                    c = _unreadable.Contains(one.Half) ? (object)"n/a" : 100.5 + one.Half,
                    v = 1000.0,
                }),
        }));
        app.MapGet("/polygon/v3/reference/{events}", () => Results.Json(new { results = Array.Empty<object>(), status = "OK" }));
        await app.StartAsync(Cancellation);
        return app;
    }
}
