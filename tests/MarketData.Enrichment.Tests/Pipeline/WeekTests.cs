using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Weeks of stocks are those of their days: as traded, and adjusted where a split or a dividend lies within one.</summary>
public sealed class WeekTests(PostgresServer server) : PipelineTests(server)
{
    // Monday morning in New York, before the session.
    private static readonly DateTime Now = new(2022, 12, 5, 10, 0, 0, DateTimeKind.Utc);

    private readonly List<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> _days =
    [
        .. TradingCalendar.UsEquities.Expected(new DateTime(2021, 3, 3, 0, 0, 0, DateTimeKind.Utc), Now.Date, BarInterval.OneDay)
            .Select((day, i) => (day, 400 + i % 5, 404.0 + i % 7, 398.0 - i % 3, 401.0 + i % 4, 1000.0 + i)),
    ];

    /// <summary>Actions of 2022, by what is odd about them: month, day, old and new shares of a split or an amount.</summary>
    public static TheoryData<string, (int Month, int Day, double From, double To, double Amount)[]> Actions => new()
    {
        { "a split on a Tuesday", [(8, 16, 1, 4, 0)] },
        { "a split on a Monday", [(8, 15, 1, 4, 0)] },
        { "a split on a Friday", [(8, 19, 3, 2, 0)] },
        { "a split after a holiday Monday", [(9, 6, 1, 3, 0)] },
        { "a reverse split on a Wednesday", [(8, 17, 20, 1, 0)] },
        { "a dividend on a Thursday", [(8, 18, 0, 0, 4.5)] },
        { "a dividend on a Monday", [(8, 15, 0, 0, 4.5)] },
        { "a dividend and a split in one week", [(8, 16, 0, 0, 4.5), (8, 18, 1, 4, 0)] },
        { "a split and a dividend in one week, and one on its Monday", [(8, 15, 0, 0, 2), (8, 17, 1, 2, 0), (8, 19, 0, 0, 1)] },
        { "actions in weeks that follow each other", [(8, 18, 1, 4, 0), (8, 25, 0, 0, 1), (9, 9, 0, 0, 0.5)] },
    };

    [Fact]
    public async Task A_backfill_of_weeks_that_are_not_there_yet_begins_where_it_was_asked_to()
    {
        await ConfigureAsync(("Enrichment:History:OneWeek", "30"));
        await TrackAsync("AAPL", "stock", "1d", "1w");
        // A Tuesday: the first whole week begins on the Monday before.
        var from = new DateTime(2025, 7, 8, 0, 0, 0, DateTimeKind.Utc);

        (await EnrichAsync("AAPL", from, from.AddYears(1))).Status.ShouldBe("succeeded");

        (await CandlesAsync("AAPL", "1w"))[0].Ts.ShouldBe(from.AddDays(-1));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Adjusted_weeks_are_made_of_adjusted_days(
        string what, (int Month, int Day, double From, double To, double Amount)[] actions)
    {
        await using var wire = await ServeAsync();
        var splits = actions.Where(action => action.To > 0)
            .Select(action => (ExDate: Date(action.Month, action.Day), action.From, action.To))
            .ToList();
        for (var i = 0; i < _days.Count; i++)
        {
            var factor = splits.Where(split => Day(_days[i].Date) >= split.ExDate)
                .Aggregate(1.0, (product, split) => product * split.From / split.To);
            var (date, open, high, low, close, volume) = _days[i];
            _days[i] = (date, open * factor, high * factor, low * factor, close * factor, volume / factor);
        }

        wire.Splits = splits;
        wire.Dividends = [.. actions.Where(action => action.Amount > 0).Select(action => (Date(action.Month, action.Day), action.Amount))];
        await EnrichedAsync("1w");

        (await ScalarAsync<long>("SELECT count(*) FROM corporate_actions")).ShouldBe(actions.Length, what);
        var traded = Weeks(_days);
        (await CandlesAsync("GME", "1w")).Select(week => week.Values).ShouldBe(traded, what);
        (await CandlesAsync("GME", "1w")).ShouldAllBe(week => week.Notes == null && week.Source == "polygon", what);
        wire.WeeksAsked.ShouldBe(0, what);
        await AdjustedShouldBeAsync(Weeks(Adjusted(wire)), what);
    }

    [Fact]
    public async Task A_week_with_a_split_that_providers_date_a_day_apart_is_whole()
    {
        await using var wire = await ServeAsync();
        Replace((2021, 7, 16), 725, 730, 720, 726.44);
        Replace((2021, 7, 19), 713.99, 757, 710, 751.19);
        Replace((2021, 7, 20), 187.30, 188.65, 183.9575, 186.12);
        Replace((2021, 7, 21), 189.0, 194.41, 187.62, 194.10);
        Replace((2021, 7, 22), 196.34, 198.92, 194.2, 195.94);
        Replace((2021, 7, 23), 196, 197, 194, 195.58);
        for (var i = 0; i < _days.Count; i++)
        {
            var (date, price) = (_days[i].Date, _days[i].Date < new DateTime(2021, 7, 16) ? 726.0 : 195.0);
            if (date < new DateTime(2021, 7, 16) || date > new DateTime(2021, 7, 23))
                _days[i] = (date, price, price + 2, price - 2, price + i % 3, 1000);
        }

        wire.PolygonSplits = [(new DateOnly(2021, 7, 19), 1, 4)];
        wire.YahooSplits = [(new DateOnly(2021, 7, 20), 1, 4)];
        await EnrichedAsync("1w");

        var week = (await AdjustedAsync()).Single(candle => candle.Timestamp == new DateTime(2021, 7, 19, 0, 0, 0, DateTimeKind.Utc));
        (week.Open, week.High, week.Low, week.Close).ShouldBe((178.4975, 198.92, 177.5, 195.58));
    }

    [Fact]
    public async Task A_close_after_the_dividend_of_its_week_is_as_traded()
    {
        await using var wire = await ServeAsync();
        for (var i = 0; i < _days.Count; i++)
            _days[i] = (_days[i].Date, 23, 24, 22, 23.2 + i % 3 * 0.1, 1000);
        Replace((2022, 11, 9), 23.5, 23.6, 23.4, 23.549999);
        Replace((2022, 11, 11), 23.4, 23.6, 23.3, 23.5);
        wire.Dividends = [(new DateOnly(2022, 11, 10), 0.1425)];
        await EnrichedAsync("1w");

        var week = (await AdjustedAsync()).Single(candle => candle.Timestamp == new DateTime(2022, 11, 7, 0, 0, 0, DateTimeKind.Utc));
        (week.Open, week.Close).ShouldBe((23 * (1 - 0.1425 / 23.549999), 23.5));
    }

    [Fact]
    public async Task Days_are_tracked_with_weeks_and_fetched_first_whatever_a_provider_calls_a_week()
    {
        await using var wire = await ServeAsync();
        wire.IsPolygonEmpty = true;
        await EnrichedAsync("1h", "1w");

        (await ScalarAsync<string[]>("SELECT timeframes FROM symbols")).ShouldBe(["1h", "1d", "1w"]);
        (await CandlesAsync("GME", "1w")).Select(week => week.Values).ShouldBe(Weeks(_days));
        (await ScalarAsync<long>("SELECT count(*) FROM gaps WHERE timeframe = '1w'")).ShouldBe(0);
        wire.WeeksAsked.ShouldBe(0);
    }

    [Fact]
    public async Task The_weeks_that_a_provider_gave_once_are_built_anew()
    {
        await using var wire = await ServeAsync();
        await TrackAsync("GME", "stock", "1w");
        var monday = new DateTime(2022, 11, 7, 0, 0, 0, DateTimeKind.Utc);
        var tuesdays = new Candle { Timestamp = monday, Open = 1, High = 9, Low = 1, Close = 2, Volume = 5 };
        await new SeriesWriter(Database).WriteAsync(
            new SeriesWrite
            {
                Instrument = new Instrument(Symbol.Parse("GME"), AssetClass.Stock),
                Interval = BarInterval.OneWeek,
                Source = "yahoo",
                Candles = new[] { new StoredCandle(tuesdays, "yahoo", default, 1) },
            },
            Cancellation);
        await ExecuteAsync("UPDATE series SET provisional_from = first_ts WHERE timeframe = '1w'");
        (await EnrichAsync("GME")).Status.ShouldBe("succeeded");

        (await CandlesAsync("GME", "1w")).Select(week => week.Values).ShouldBe(Weeks(_days));
        (await QueryAsync<double>("SELECT high FROM candle_revisions WHERE timeframe = '1w'")).ShouldBe([9]);
        (await ScalarAsync<DateTime?>("SELECT provisional_from FROM series WHERE timeframe = '1w'")).ShouldBeNull();
    }

    [Fact]
    public async Task A_week_follows_its_days_and_is_given_as_it_was()
    {
        await using var wire = await ServeAsync();
        wire.Dividends = [(new DateOnly(2022, 12, 1), 4)];
        await EnrichedAsync("1w");
        var last = _days[^1];
        var recorded = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var before = await AdjustedAsync(recorded);
        _days[^1] = last with { High = last.High + 50 };

        // Days alone are asked for: the weeks are due then.
        await EnrichAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["GME"], Timeframes = ["1d"] });
        await ScalarAsync<DateTime>("SELECT provisional_from FROM series WHERE timeframe = '1w'");
        await using (var connection = await Database.OpenConnectionAsync(Cancellation))
        await using (var transaction = await connection.BeginTransactionAsync(Cancellation))
        {
            await RunStore.CreateForGapsAsync(connection, transaction, new RunRequest { Trigger = RunTrigger.Gap }, Cancellation);
            await transaction.CommitAsync(Cancellation);
        }

        (await RunNextAsync()).ShouldBeTrue();
        (await CandlesAsync("GME", "1w"))[^1].High.ShouldBe(last.High + 50);
        await AdjustedShouldBeAsync(Weeks(Adjusted(wire)), "revised");
        (await AdjustedAsync(recorded)).ShouldBe(before);
        (await ScalarAsync<long>("SELECT count(*) FROM series WHERE provisional_from IS NOT NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task A_week_without_one_of_its_days_says_so_until_the_day_is_there()
    {
        await using var wire = await ServeAsync();
        var monday = new DateTime(2022, 10, 10, 0, 0, 0, DateTimeKind.Utc);
        var place = _days.FindIndex(day => day.Date == monday.AddDays(2));
        var missing = _days[place];
        _days.RemoveAt(place);
        await EnrichedAsync("1w");

        (await CandlesAsync("GME", "1w")).Where(week => week.Notes is not null).Select(week => (week.Ts, week.Notes!.Single(), week.Score))
            .ShouldBe([(monday, "incomplete", 0.85)]);
        _days.Insert(place, missing);
        await MakeGapsDueAsync();
        (await EnrichAsync("GME")).Status.ShouldBe("succeeded");
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{incomplete}'")).ShouldBe(0);
        (await CandlesAsync("GME", "1w")).Select(week => week.Values).ShouldBe(Weeks(_days));
    }

    [Fact]
    public async Task A_week_is_not_built_before_its_last_day_is_there()
    {
        await using var wire = await ServeAsync();
        var friday = _days[^1];
        _days.RemoveAt(_days.Count - 1);
        await EnrichedAsync("1w");
        (await CandlesAsync("GME", "1w"))[^1].Ts.ShouldBe(new DateTime(2022, 11, 21, 0, 0, 0, DateTimeKind.Utc));

        _days.Add(friday);
        (await EnrichAsync("GME")).Status.ShouldBe("succeeded");
        (await CandlesAsync("GME", "1w")).Select(week => week.Values).ShouldBe(Weeks(_days));
    }

    private async Task<WireServer> ServeAsync()
    {
        Time.Set(new DateTimeOffset(Now));
        var wire = await WireServer.StartAsync(_days, Cancellation);
        await ConfigureAsync(
            ("Enrichment:History:OneDay", "1000"), ("Enrichment:History:OneWeek", "1000"), ("Providers:Polygon:ApiKey", "any"),
            ("Providers:Polygon:BaseUrl", wire.Address + "/polygon"), ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"));
        return wire;
    }

    private async Task EnrichedAsync(params string[] timeframes)
    {
        await TrackAsync("GME", "stock", timeframes);
        await EnrichAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["GME"], Timeframes = ["1w"] });
        (await ScalarAsync<string>("SELECT status FROM enrichment_jobs")).ShouldBe("succeeded");
    }

    private void Replace((int Year, int Month, int Day) date, double open, double high, double low, double close)
    {
        var place = _days.FindIndex(day => day.Date == new DateTime(date.Year, date.Month, date.Day));
        _days[place] = (_days[place].Date, open, high, low, close, 1000);
    }

    private async Task AdjustedShouldBeAsync(
        List<(DateTime Ts, double Open, double High, double Low, double Close, double Volume)> expected, string what)
    {
        var weeks = await AdjustedAsync();
        var view = await QueryAsync<(DateTime, double, double, double, double, double)>(
            "SELECT ts, open, high, low, close, volume FROM adjusted_candles WHERE symbol = 'GME' AND timeframe = '1w' ORDER BY ts");
        weeks.Count.ShouldBe(expected.Count, what);
        view.Count.ShouldBe(expected.Count, what);
        for (var i = 0; i < expected.Count; i++)
        {
            var week = weeks[i];
            Close((week.Timestamp, week.Open, week.High, week.Low, week.Close, week.Volume), expected[i]);
            Close(view[i], expected[i]);
        }

        var means = await FeatureAsync("GME", "1w", "sma_20", adjusted: true);
        var newest = await ScalarAsync<double>("SELECT sma_20 FROM latest_features WHERE timeframe = '1w'");
        for (var i = 19; i < expected.Count; i++)
            means[i].ShouldNotBeNull().ShouldBe(expected.Skip(i - 19).Take(20).Average(week => week.Close), 1e-9, what);
        newest.ShouldBe(means[^1]!.Value, 1e-12, what);

        void Close((DateTime, double, double, double, double, double) one, (DateTime, double, double, double, double, double) other)
        {
            one.Item1.ShouldBe(other.Item1, what);
            (double, double)[] pairs =
            [
                (one.Item2, other.Item2), (one.Item3, other.Item3), (one.Item4, other.Item4), (one.Item5, other.Item5), (one.Item6, other.Item6),
            ];
            foreach (var (value, wanted) in pairs)
                value.ShouldBe(wanted, Math.Abs(wanted) * 1e-12, $"{what}: {one.Item1:yyyy-MM-dd}");
        }
    }

    // As clients read them: a page.
    private async Task<IReadOnlyList<Candle>> AdjustedAsync(DateTime? asOf = null)
    {
        var reader = new CandleReader(Database);
        var series = (await reader.FindAsync(Symbol.Parse("GME"), BarInterval.OneWeek, Cancellation)).ShouldNotBeNull();
        var query = new CandleQuery
        {
            Instrument = series.Instrument,
            Interval = BarInterval.OneWeek,
            Adjusted = true,
            Limit = 1000,
            Newest = true,
            AsOf = asOf,
        };
        var (page, _) = await reader.ReadPageAsync(query, series, Cancellation);
        using (page)
            return page.Candles().ToArray();
    }

    // Computed here anew: each day by the actions after it.
    private List<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> Adjusted(WireServer wire) =>
    [
        .. _days.Select(day =>
        {
            var ratio = wire.Splits.Where(split => split.ExDate > Day(day.Date))
                .Aggregate(1.0, (product, split) => product * split.To / split.From);
            var paid = wire.Dividends.Where(dividend => dividend.ExDate > Day(day.Date)).Aggregate(1.0, (product, dividend) =>
                product * (1 - dividend.Amount / _days.Last(before => Day(before.Date) < dividend.ExDate).Close));
            var factor = paid / ratio;
            return (day.Date, day.Open * factor, day.High * factor, day.Low * factor, day.Close * factor, day.Volume * ratio);
        }),
    ];

    private static List<(DateTime, double Open, double High, double Low, double Close, double Volume)> Weeks(
        IEnumerable<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> days) =>
    [
        .. days.GroupBy(day => day.Date.AddDays(-((int)day.Date.DayOfWeek - 1))).Select(week => (
            week.Key, week.First().Open, week.Max(day => day.High), week.Min(day => day.Low), week.Last().Close,
            week.Sum(day => day.Volume))),
    ];

    private static DateOnly Day(DateTime date) => DateOnly.FromDateTime(date);

    private static DateOnly Date(int month, int day) => new(2022, month, day);
}
