using System.Globalization;
using System.Net;
using Dapper;
using MarketData.Api.Tests.Enrichment;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Historical;

/// <summary>Whoever reads as of an instant gets prices adjusted by what was in effect then, whatever became of it since.</summary>
public sealed class AsOfTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Actions = "/api/v1/corporate-actions";

    private static readonly DateOnly ExDate = new(2021, 7, 20);

    // As traded: the price shows a split of 4:1 on the 20th.
    private static readonly (int Day, double Open, double Close)[] Days = [(16, 740, 726), (19, 714, 752), (20, 187, 186), (21, 189, 194)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_came_later_was_moved_withdrawn_or_confirmed_counts_from_then_on()
    {
        await StoreAsync("ASOF");
        var instants = new List<(string Instant, double[] Closes)>();
        async Task NoteAsync(params double[] closes)
        {
            await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(Cancellation);
            var now = await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()");
            instants.Add((now.ToString("O", CultureInfo.InvariantCulture), closes));
        }

        await NoteAsync(726, 752, 186, 194);
        await TellAsync("ASOF", [new(ExDate, 1, 4)], []);
        await NoteAsync(726 / 4.0, 752 / 4.0, 186, 194);

        var id = (await fixture.Stranger.FetchAsync($"{Actions}/ASOF").JsonAsync()).GetProperty("reports")[0].GetProperty("id").GetInt64();
        await fixture.Admin.PutAsync($"{Actions}/ASOF/{id}", new { ex_date = "2021-07-21" }).JsonAsync();
        await NoteAsync(726 / 4.0, 752 / 4.0, 186 / 4.0, 194);
        await fixture.Admin.RemoveAsync($"{Actions}/ASOF/{id}").JsonAsync();
        await NoteAsync(726, 752, 186, 194);
        await fixture.Admin.PutAsync($"{Actions}/ASOF/{id}", new { }).JsonAsync();
        await NoteAsync(726 / 4.0, 752 / 4.0, 186, 194);

        // The provider tells another ratio now, in the place of the first; the person's word stands.
        await TellAsync("ASOF", [new(ExDate, 1, 5)], []);
        await NoteAsync(726 / 4.0, 752 / 4.0, 186, 194);
        await fixture.Admin.PostAsync($"{Actions}/ASOF", new { ex_date = "2021-07-21", cash_amount = 18.6 }).JsonAsync(HttpStatusCode.Created);
        await NoteAsync(726 / 4.0 * 0.9, 752 / 4.0 * 0.9, 186 * 0.9, 194);

        foreach (var (instant, closes) in instants)
            (await ClosesAsync($"ASOF?as_of={instant}")).ShouldBe(closes, 1e-9, instant);
        (await ClosesAsync("ASOF")).ShouldBe(instants[^1].Closes, 1e-9);
        (await ClosesAsync($"ASOF?as_of={instants[1].Instant}&adjusted=false")).ShouldBe([726, 752, 186, 194]);
    }

    [Fact]
    public async Task What_its_provider_took_back_and_nothing_else_is_in_effect_counts_as_of_then()
    {
        await StoreAsync("TAKEN");
        await TellAsync("TAKEN", [new(ExDate, 1, 4)], [new(new(2021, 7, 21), 18.6, "USD")]);
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(Cancellation);
        var then = (await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()")).ToString("O", CultureInfo.InvariantCulture);
        await TellAsync("TAKEN", [], []);

        (await ClosesAsync("TAKEN")).ShouldBe([726, 752, 186, 194]);
        (await ClosesAsync($"TAKEN?as_of={then}")).ShouldBe([726 / 4.0 * 0.9, 752 / 4.0 * 0.9, 186 * 0.9, 194], 1e-9);
        // Features are of the same candles.
        var page = await fixture.Stranger.FetchAsync($"/api/v1/features/TAKEN?as_of={then}&start=2021-07-01").JsonAsync();
        var last = page.GetProperty("features").EnumerateArray().Last();
        last.GetProperty("features").GetProperty("return_1d").GetDouble().ShouldBe(194 / (186 * 0.9) - 1, 1e-9);
    }

    private async Task StoreAsync(string symbol)
    {
        await fixture.Database.TrackAsync(symbol);
        var candles = Days.Select(day => new StoredCandle(
            new Candle
            {
                Timestamp = new DateTime(2021, 7, day.Day, 0, 0, 0, DateTimeKind.Utc),
                Open = day.Open,
                High = Math.Max(day.Open, day.Close),
                Low = Math.Min(day.Open, day.Close),
                Close = day.Close,
                Volume = 100,
            },
            "polygon", CandleIssues.None, 1));
        await new SeriesWriter(fixture.Database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = Stock(symbol), Interval = BarInterval.OneDay, Source = "polygon", Candles = candles.ToArray() }, Cancellation);
    }

    private Task<bool> TellAsync(string symbol, IReadOnlyList<StockSplit> splits, IReadOnlyList<CashDividend> dividends) =>
        new CorporateActionStore(fixture.Database.DataSource).ReportAsync(Stock(symbol), splits, dividends, "polygon", isComplete: true, Cancellation);

    private async Task<double[]> ClosesAsync(string call)
    {
        var page = await fixture.Stranger.FetchAsync($"/api/v1/historical/{call}").JsonAsync();
        return [.. page.GetProperty("candles").EnumerateArray().Select(candle => candle.GetProperty("close").GetDouble())];
    }

    private static Instrument Stock(string symbol) => new(Symbol.Parse(symbol), AssetClass.Stock);
}
