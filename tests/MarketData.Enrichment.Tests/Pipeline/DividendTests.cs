using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Dividends are measured by the last close before them, of whatever interval is stored.</summary>
public sealed class DividendTests(PostgresServer server) : PipelineTests(server)
{
    [Theory]
    [InlineData("1h")]
    [InlineData("5m")]
    [InlineData("4h")]
    public async Task Without_days_the_last_close_of_a_shorter_interval_counts(string timeframe)
    {
        await ConfigureAsync(
            ("Enrichment:History:OneHour", "365"), ("Enrichment:History:FourHours", "365"), ("Enrichment:History:FiveMinutes", "200"));
        await TrackAsync("AAPL", "stock", timeframe);
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        await AdjustedShouldBeAsync(timeframe, timeframe);
    }

    [Fact]
    public async Task Days_that_ended_long_before_do_not_count()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "140"), ("Enrichment:History:FiveMinutes", "120"));
        await TrackAsync("AAPL", "stock", "1d");
        Time.Set(MidSession.AddDays(-150));
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        Time.Set(MidSession);
        await ExecuteAsync("UPDATE symbols SET timeframes = '{1h,5m}', actions_checked_at = NULL");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        await AdjustedShouldBeAsync("1h", "1h");
        await AdjustedShouldBeAsync("5m", "1h");
    }

    [Fact]
    public async Task Longer_candles_that_come_later_count()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "200"), ("Enrichment:History:FiveMinutes", "120"));
        await TrackAsync("AAPL", "stock", "5m");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        await AdjustedShouldBeAsync("5m", "5m");
        foreach (var timeframe in (string[])["1h", "1d"])
        {
            await EnrichAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = [timeframe] });
            await EnrichAsync("AAPL");
            await AdjustedShouldBeAsync("5m", timeframe);
        }
    }

    [Fact]
    public async Task Days_count_where_there_are_both()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "365"), ("Enrichment:History:OneDay", "500"));
        await TrackAsync("AAPL", "stock", "1h", "1d");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        await AdjustedShouldBeAsync("1h", "1d");
    }

    [Fact]
    public async Task A_close_that_is_revised_changes_what_is_adjusted_by_it()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "365"));
        await TrackAsync("AAPL", "stock", "1h", "5m");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        var recorded = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var before = await FirstAsync(null);
        var hour = await ScalarAsync<DateTime>("""
            SELECT max(ts) FROM candles WHERE timeframe = '1h'
                AND ts < (SELECT max(ex_date) FROM corporate_actions WHERE kind = 'dividend')::timestamp AT TIME ZONE 'UTC'
            """);
        var tag = await TagAsync();
        await FaultAsync(
            new { kind = "revised_prices", provider = "polygon", symbol = "AAPL", from = hour, to = hour.AddHours(1), factor = 1.01 });
        (await EnrichAsync(new RunRequest
        {
            Trigger = RunTrigger.Backfill,
            Symbols = ["AAPL"],
            Timeframes = ["1h"],
            From = hour.AddHours(-2),
            To = hour.AddHours(2),
        })).Updated.ShouldBe(1);

        await AdjustedShouldBeAsync("1h", "1h");
        (await TagAsync()).ShouldNotBe(tag);
        (await FirstAsync(null)).ShouldNotBe(before);
        (await FirstAsync(recorded)).ShouldBe(before);
    }

    // Computed here anew, of the closes of another interval or the same.
    private async Task AdjustedShouldBeAsync(string timeframe, string measured)
    {
        var (candles, closes) = (await CandlesAsync("AAPL", timeframe), await CandlesAsync("AAPL", measured));
        const string all = "SELECT ex_date, cash_amount FROM corporate_actions WHERE kind = 'dividend'";
        var dividends = (await QueryAsync<(DateOnly ExDate, double Amount)>(all))
            .Where(paid => Day(candles[0].Ts) < paid.ExDate && paid.ExDate <= Day(candles[^1].Ts)).ToList();
        dividends.ShouldNotBeEmpty();
        const string splits = "SELECT count(*) FROM corporate_actions WHERE kind = 'split' AND ex_date > @from";
        (await ScalarAsync<long>(splits, new { from = Day(candles[0].Ts) })).ShouldBe(0);
        var factors = dividends.Select(paid => (paid.ExDate, 1 - paid.Amount / closes.Last(close => Day(close.Ts) < paid.ExDate).Close));
        var expected = candles
            .Select(candle => factors.Where(paid => paid.ExDate > Day(candle.Ts)).Aggregate(candle.Close, (close, paid) => close * paid.Item2))
            .ToList();

        var read = await AdjustedAsync(timeframe, null);
        const string adjusted = "SELECT close FROM adjusted_candles WHERE symbol = 'AAPL' AND timeframe = @timeframe ORDER BY ts";
        var view = await QueryAsync<double>(adjusted, new { timeframe });
        (read.Count, view.Count).ShouldBe((expected.Count, expected.Count));
        for (var i = 0; i < expected.Count; i++)
        {
            read[i].ShouldBe(expected[i], expected[i] * 1e-12);
            view[i].ShouldBe(expected[i], expected[i] * 1e-12);
        }

        var means = await FeatureAsync("AAPL", timeframe, "sma_20", adjusted: true);
        for (var i = 19; i < expected.Count; i += 50)
            means[i].ShouldNotBeNull().ShouldBe(expected.Skip(i - 19).Take(20).Average(), 1e-9);
        var newest = await ScalarAsync<double>("SELECT sma_20 FROM latest_features WHERE timeframe = @timeframe", new { timeframe });
        newest.ShouldBe(means[^1]!.Value, 1e-12);
    }

    private async Task<List<double>> AdjustedAsync(string timeframe, DateTime? asOf)
    {
        var (reader, closes) = (new CandleReader(Database), new List<double>());
        var series = (await reader.FindAsync(Symbol.Parse("AAPL"), BarIntervals.Parse(timeframe), Cancellation)).ShouldNotBeNull();
        var interval = BarIntervals.Parse(timeframe);
        var query = new CandleQuery { Instrument = series.Instrument, Interval = interval, Adjusted = true, AsOf = asOf };
        await foreach (var batch in reader.StreamAsync(query, series, 1000, Cancellation))
            closes.AddRange(batch.Columns.Single(column => column.Name == "close").Numbers.Take(batch.Count));
        return closes;
    }

    private async Task<double> FirstAsync(DateTime? asOf) => (await AdjustedAsync("1h", asOf))[0];

    private async Task<string?> TagAsync() =>
        (await new CandleReader(Database).FindAsync(Symbol.Parse("AAPL"), BarInterval.FiveMinutes, Cancellation))!.ActionsVersion;

    private static DateOnly Day(DateTime date) => DateOnly.FromDateTime(date);
}
