using System.Text.Json;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MarketData.Web.Tests.Fakes;

/// <summary>The backfills that the fake Api knows.</summary>
internal sealed class FakeBackfills
{
    public static readonly Guid Known = new("0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11");

    private static readonly DateTimeOffset From = new(2016, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether a node is there to estimate what a backfill takes.</summary>
    public bool HasNode { get; set; } = true;

    /// <summary>How the known backfill stands.</summary>
    public BackfillDetail Detail { get; set; } = Standing("partial", failed: 3, cancelled: 0);

    public void Map(RouteGroupBuilder api)
    {
        api.MapPost("/backfills/plan", Plan);
        api.MapPost("/backfills", () => Results.Accepted(null, new BackfillAccepted(Known, "queued", Guid.CreateVersion7(), ["AAPL"], [])));
        api.MapGet("/backfills", () => new BackfillPage([Summary(Detail)], null, 1));
        api.MapGet("/backfills/{id:guid}", () => Detail);
        api.MapPost("/backfills/{id:guid}/resume", () =>
        {
            Detail = Standing("running", failed: 0, cancelled: 0);
            return Results.Accepted(null, new BackfillAccepted(Known, "queued", Guid.CreateVersion7(), ["MSFT", "NVDA"], []));
        });
        api.MapDelete("/backfills/{id:guid}", () =>
        {
            Detail = Standing("cancelled", failed: 0, cancelled: 4);
            return new BackfillCancelled(Known, 2, 1);
        });
    }

    // Five minutes are kept for sixty days, and only the first symbol follows 4h.
    private IResult Plan(HttpContext context)
    {
        var asked = JsonSerializer.Deserialize<TriggerRequest>((string)context.Items["body"]!, ApiJson.Options)!;
        if (!HasNode)
            return Results.Problem(statusCode: 503, title: "No node.", detail: "No enrichment node is live, and only nodes know what each provider serves.");
        if (asked.From >= asked.To)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["from"] = ["'from' must lie before 'to'."] });
        if (asked.Timeframes?.Contains("4h") == true && asked.Track != true)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["timeframes"] = ["AAPL does not track 4h, but 1d."] }, statusCode: 422);
        return Results.Ok(Planned(asked.From!.Value, asked.To!.Value));
    }

    private static BackfillPlan Planned(DateTimeOffset from, DateTimeOffset to) => new(
        2, 3, 1_260_000, 1_234, 7_812, "yahoo", 10,
        [new("5m", 1, to.AddDays(-60), to, 5_000, 4, 1, to.AddDays(-60), 0), new("1d", 2, from, to, 5_030, 1_220, 0, null, 1)],
        [new("yahoo", 1_230, 30, 7_812, "closed", null), new("polygon", 4, 100, 0, "open", null)], 6, 4);

    private static Backfill Summary(BackfillDetail detail) => new(
        detail.Id, detail.From, detail.To, detail.RequestedBy, detail.CreatedAt, detail.CompletedAt, detail.Status, detail.Symbols, detail.SymbolsTotal,
        detail.Timeframes, detail.SeriesTotal, detail.SeriesCompleted, detail.SeriesFailed, detail.SeriesCancelled, detail.Progress);

    private static BackfillDetail Standing(string status, int failed, int cancelled)
    {
        var now = DateTimeOffset.UtcNow;
        var isOpen = status == "running";
        BackfillPart[] parts =
        [
            .. ((string[])["MSFT", "NVDA", "TSLA"]).Take(failed).Select((symbol, i) => new BackfillPart(
                symbol, "5m", "failed", From, To, i == 2 ? null : From.AddYears(4 + i), 9_000 + i, 4,
                i == 2 ? "yahoo does not know the symbol." : "polygon answered 500.\npolygon: HTTP 500 from /v2/aggs", i == 2 ? "Check its spelling." : "Resume when polygon is well again.")),
        ];
        return new(
            null, isOpen ? now.AddHours(2) : null, Planned(From, To), new(1_502, 7_215, [new("yahoo", 1_490), new("coinbase", 12)]),
            [Interval("5m", failed, isOpen), Interval("1d", 0, false)], parts, failed,
            [new(Guid.CreateVersion7(), isOpen ? "running" : status, "Night operator", now.AddHours(-3), now.AddHours(-3),
                isOpen ? null : now.AddHours(-1), 640_000, 620_000, 12, null)],
            Known, From, To, "Night operator", now.AddHours(-3), isOpen ? null : now.AddHours(-1), status, ["AAPL", "MSFT", "NVDA", "TSLA"], 4, ["5m", "1d"],
            8, 8 - failed - cancelled - (isOpen ? 2 : 0), failed, cancelled, isOpen ? 0.74 : 0.71);
    }

    private static BackfillInterval Interval(string timeframe, int failed, bool isOpen)
    {
        var months = Enumerable.Range(0, 120).Select(i => new BackfillMonth(
            DateOnly.FromDateTime(From.DateTime).AddMonths(i), i < 6 ? 0 : 4,
            i < 6 ? 0 : failed > 0 && i >= 48 ? 4 - Math.Min(failed, 1 + i / 60) : isOpen && i >= 110 ? 0 : isOpen && i >= 90 ? 2 : 4,
            failed > 0 && i >= 48 ? Math.Min(failed, 1 + i / 60) : 0));
        return new(timeframe, 4, 4 - failed - (isOpen ? 2 : 0), failed, [.. months]);
    }
}
