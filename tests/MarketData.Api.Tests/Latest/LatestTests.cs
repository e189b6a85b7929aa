using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Historical;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Latest;

/// <summary>The newest candle of each symbol is the one that its history ends with.</summary>
public sealed class LatestTests(HistoricalData data) : IClassFixture<HistoricalData>
{
    private static readonly DateTime Today = DateTime.UtcNow.Date;

    [Fact]
    public async Task Each_symbol_has_the_end_of_its_history_what_changed_and_how_old_it_is()
    {
        await TrackAsync("NEW", 10);
        await TrackAsync("SPLIT", 400, 402, 100);
        await TrackAsync("SOON", 300, 303);
        await data.ExecuteAsync($"""
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source) VALUES
                ('SPLIT', 'split', '{Today:yyyy-MM-dd}', 1, 4, NULL, 'x'), ('SOON', 'split', '{Today.AddDays(3):yyyy-MM-dd}', 1, 3, NULL, 'x')
            """);

        var answer = await data.Client.FetchAsync("/api/v1/latest").JsonAsync();
        var rows = answer.GetProperty("candles").EnumerateArray().ToDictionary(row => row.GetProperty("symbol").GetString()!);
        // The two that have no day are not there.
        rows.Keys.ShouldBe(["AAPL", "NEW", "SOON", "SPLIT"]);
        foreach (var (symbol, row) in rows)
        {
            var page = await data.Client.FetchAsync($"/api/v1/historical/{symbol}?features=true&limit=2").JsonAsync();
            var candles = page.GetProperty("candles").EnumerateArray().ToList();
            foreach (var field in candles[^1].EnumerateObject().Where(field => field.Name != "features"))
                row.GetProperty(field.Name).GetRawText().ShouldBe(field.Value.GetRawText(), $"{symbol} {field.Name}");
            var close = candles[^1].GetProperty("close").GetDouble();
            if (candles.Count == 1)
            {
                row.GetProperty("change").ValueKind.ShouldBe(JsonValueKind.Null);
                continue;
            }

            var before = candles[0].GetProperty("close").GetDouble();
            row.GetProperty("previous_close").GetDouble().ShouldBe(before, symbol);
            row.GetProperty("change").GetDouble().ShouldBe(close - before, symbol);
            row.GetProperty("change_rate").GetDouble().ShouldBe((close - before) / before, 1e-12, symbol);
        }

        rows["SPLIT"].GetProperty("previous_close").GetDouble().ShouldBe(402 / 4.0);
        rows["SOON"].GetProperty("close").GetDouble().ShouldBe(303 / 3.0);
        // New York's half day, 6 November 2020 being none: the session closed at 21:00 UTC. The second time nothing but the age is new.
        var again = await data.Client.FetchAsync("/api/v1/latest").JsonAsync();
        foreach (var one in (JsonElement[])[answer, again])
        {
            var (at, row) = (one.GetProperty("at").GetDateTime(), one.GetProperty("candles")[0]);
            row.GetProperty("age_seconds").GetDouble().ShouldBe(Math.Floor((at - new DateTime(2020, 11, 6, 21, 0, 0, DateTimeKind.Utc)).TotalSeconds));
            row.EnumerateObject().Where(field => field.Name != "age_seconds").Select(field => field.ToString())
                .ShouldBe(rows["AAPL"].EnumerateObject().Where(field => field.Name != "age_seconds").Select(field => field.ToString()));
        }

        // What is streamed is what is kept.
        var streamed = await data.Client.FetchAsync("/api/v1/latest?symbols=AAPL,NEW,SOON,SPLIT").JsonAsync();
        foreach (var row in streamed.GetProperty("candles").EnumerateArray())
        {
            foreach (var field in row.EnumerateObject().Where(field => field.Name != "age_seconds"))
                rows[row.GetProperty("symbol").GetString()!].GetProperty(field.Name).GetRawText().ShouldBe(field.Value.GetRawText());
        }
    }

    [Fact]
    public async Task Features_are_those_of_the_newest_candle()
    {
        await new FeatureStore(data.Database.DataSource).CatchUpAsync(
            HistoricalData.Bitcoin, BarInterval.OneHour, null, null, TestContext.Current.CancellationToken);
        var row = (await data.Client.FetchAsync("/api/v1/latest?symbols=btc-usd,EMPTY&timeframe=1h").JsonAsync()).GetProperty("candles").EnumerateArray().ShouldHaveSingleItem();
        var page = await data.Client.FetchAsync("/api/v1/features/BTC-USD?timeframe=1h").JsonAsync();
        row.GetProperty("features").ToString().ShouldBe(page.GetProperty("features")[0].GetProperty("features").ToString());
        row.GetProperty("taker_buy_volume").GetDouble().ShouldBe(data.Hours[^1].Candle.TakerBuyVolume);
        (await data.Client.FetchAsync("/api/v1/latest?asset_class=crypto&timeframe=1h&features=false").JsonAsync())
            .GetProperty("candles")[0].TryGetProperty("features", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_written_shows_at_the_next_call()
    {
        await TrackAsync("MOVING", 10, 11);
        (await ChangeAsync()).ShouldBe(1);
        (await ChangeAsync()).ShouldBe(1);
        await WriteAsync("MOVING", 10, 12);
        (await ChangeAsync()).ShouldBe(2);
        await data.ExecuteAsync("DELETE FROM symbols WHERE symbol = 'MOVING'");
        (await ChangeAsync()).ShouldBeNull();

        async Task<double?> ChangeAsync() => (await data.Client.FetchAsync("/api/v1/latest?features=false").JsonAsync()).GetProperty("candles").EnumerateArray()
            .Where(row => row.GetProperty("symbol").GetString() == "MOVING").Select(row => (double?)row.GetProperty("change").GetDouble()).SingleOrDefault();
    }

    [Fact]
    public async Task A_table_can_be_had_too_and_what_is_not_tracked_is_named()
    {
        using var answer = await data.Client.FetchAsync("/api/v1/latest?symbols=AAPL&format=csv&features=false");
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith("symbol,timestamp,open");
        lines[0].ShouldEndWith("previous_close,change,change_rate,age_seconds");
        lines[1].ShouldStartWith("AAPL,2020-11-06T00:00:00Z,118,119,117,118,1000,");
        lines.Length.ShouldBe(2);
        await data.Client.FetchAsync("/api/v1/latest?symbols=AAPL,NOBODY").ProblemAsync(HttpStatusCode.NotFound);
        await data.Client.FetchAsync("/api/v1/latest?symbols=AAPL&asset_class=stock").ProblemAsync(HttpStatusCode.BadRequest, "asset_class");
    }

    // Days up to today, whatever day that is.
    private async Task TrackAsync(string symbol, params double[] closes)
    {
        await data.ExecuteAsync($"INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('{symbol}', 'stock', '{{1d}}')");
        await WriteAsync(symbol, closes);
    }

    private Task<WriteResult> WriteAsync(string symbol, params double[] closes) =>
        data.WriteAsync(
            new Instrument(Symbol.Parse(symbol), AssetClass.Stock), BarInterval.OneDay,
            [
                .. closes.Select((close, i) => new StoredCandle(
                    new Candle { Timestamp = Today.AddDays(i + 1 - closes.Length), Open = close, High = close, Low = close, Close = close, Volume = 10 },
                    "polygon", CandleIssues.None, 1)),
            ]);
}
