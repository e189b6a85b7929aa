using System.Globalization;
using CsCheck;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Storage.Tests.Candles;

public sealed class CandleReaderTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly Instrument Bitcoin = new(Symbol.Parse("BTC-USD"), AssetClass.Crypto);
    private static readonly DateTime Start = new(2023, 12, 25, 0, 0, 0, DateTimeKind.Utc);
    private TestDatabase _database = null!;
    private CandleReader _reader = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _reader = new CandleReader(_database.DataSource);
        await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('BTC-USD', 'crypto', '{1h,1d}'), ('AAPL', 'stock', '{1d}')");
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_symbol_that_is_not_tracked_has_no_series() =>
        (await _reader.FindAsync(Symbol.Parse("NONE"), BarInterval.OneDay, Cancellation)).ShouldBeNull();

    [Fact]
    public async Task Everybody_who_asks_at_once_gets_their_own_series_as_it_is_now_whoever_gives_up()
    {
        for (var written = 1; written <= 5; written++)
        {
            await WriteAsync(Hourly(written));
            var bitcoin = Enumerable.Range(0, 20).Select(_ => FindAsync()).ToArray();
            var apple = Enumerable.Range(0, 20).Select(_ => _reader.FindAsync(Symbol.Parse("AAPL"), BarInterval.OneDay, Cancellation)).ToArray();
            var nobody = Enumerable.Range(0, 20).Select(_ => _reader.FindAsync(Symbol.Parse("NONE"), BarInterval.OneDay, Cancellation)).ToArray();
            using var givingUp = new CancellationTokenSource();
            var abandoned = Enumerable.Range(0, 20).Select(_ => _reader.FindAsync(Bitcoin.Symbol, BarInterval.OneHour, givingUp.Token)).ToArray();
            await givingUp.CancelAsync();

            (await Task.WhenAll(bitcoin)).ShouldAllBe(series => series.Last == Start.AddHours(written - 1));
            (await Task.WhenAll(apple)).ShouldAllBe(series => series!.Instrument.AssetClass == AssetClass.Stock && series.Last == null);
            (await Task.WhenAll(nobody)).ShouldAllBe(series => series == null);
            foreach (var one in abandoned)
                (await Record.ExceptionAsync(() => one)).ShouldBeAssignableTo<OperationCanceledException?>();
        }
    }

    [Fact]
    public async Task A_lookup_that_everybody_gave_up_stops_at_the_database_and_hinders_no_other()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("LOCK TABLE symbols");
        using var givingUp = new CancellationTokenSource();
        var given = _reader.FindAsync(Bitcoin.Symbol, BarInterval.OneHour, givingUp.Token);
        await WaitersAsync(1);
        var waiting = FindAsync();
        await givingUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);
        // The one behind it is asked now, and waits in its turn.
        await WaitersAsync(1);
        waiting.IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync(Cancellation);
        (await waiting).Instrument.ShouldBe(Bitcoin);

        Task WaitersAsync(int count) => Eventually.BecomesAsync(
            async () => await QueryAsync<int>(
                "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == count,
            TimeSpan.FromMinutes(1),
            Cancellation);
    }

    [Fact]
    public async Task A_tracked_symbol_without_candles_has_an_empty_page()
    {
        var series = await FindAsync();
        (series.First, series.ActionsVersion).ShouldBe((null, null));
        var (page, hasMore) = await _reader.ReadPageAsync(Query(10), series, Cancellation);
        (page.Count, hasMore).ShouldBe((0, false));
    }

    [Fact]
    public async Task Every_value_reads_back_as_it_was_stored()
    {
        var candles = Hourly(48);
        candles[3] = candles[3] with
        {
            Candle = candles[3].Candle with { Vwap = 1.0 / 3, TradeCount = 7, OpenInterest = 2e9, FundingRate = -1e-5, TakerBuyVolume = 3, LongShortRatio = 1.1 },
            Issues = CandleIssues.GapBefore | CandleIssues.VolumeAnomaly,
            Score = 0.7,
        };
        await WriteAsync(candles);
        var (page, _) = await _reader.ReadPageAsync(Query(100), await FindAsync(), Cancellation);
        page.Columns.Select(column => column.Name).ShouldBe(
        [
            "timestamp", "open", "high", "low", "close", "volume", "vwap", "trade_count", "open_interest", "funding_rate", "long_short_ratio",
            "long_liquidations", "short_liquidations", "taker_buy_volume", "taker_sell_volume", "source", "is_validated", "quality_score", "validation_notes",
        ]);
        page.Count.ShouldBe(48);
        for (var row = 0; row < 48; row++)
        {
            var candle = candles[row].Candle;
            page.Timestamp(row).ShouldBe(candle.Timestamp);
            Number(page, "close", row).ShouldBe(candle.Close);
            Number(page, "vwap", row).ShouldBe(candle.Vwap);
            Number(page, "open_interest", row).ShouldBe(candle.OpenInterest);
            Number(page, "quality_score", row).ShouldBe(candles[row].Score);
        }

        Column(page, "trade_count").Integers[3].ShouldBe(7);
        Column(page, "trade_count").Integers[4].ShouldBe(BatchColumn.NullInteger);
        Column(page, "is_validated").Flags[3].ShouldBeFalse();
        Column(page, "validation_notes").Notes[3].ShouldBe(["volume_anomaly", "gap_before"]);
        Column(page, "validation_notes").Notes[4].ShouldBeNull();
    }

    [Fact]
    public async Task Pages_of_any_size_in_either_direction_make_up_the_whole()
    {
        // Gaps of half a year make the search for a page widen; two partitions a year follow from the interval.
        var candles = Hourly(30).Concat(Hourly(30, Start.AddDays(-200))).Concat(Hourly(30, Start.AddDays(-900))).OrderBy(one => one.Candle.Timestamp).ToArray();
        await WriteAsync(candles);
        var series = await FindAsync();
        var all = candles.Select(one => one.Candle.Timestamp).ToArray();
        await Gen.Select(Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 3]).SampleAsync(
            async (size, newest, bounds) =>
            {
                var query = Query(size) with
                {
                    Newest = newest,
                    From = (bounds & 1) == 0 ? null : all[5],
                    To = (bounds & 2) == 0 ? null : all[70],
                };
                var expected = all.Where(at => (query.From is null || at >= query.From) && (query.To is null || at <= query.To)).ToArray();
                var pages = new List<DateTime[]>();
                while (true)
                {
                    var (page, hasMore) = await _reader.ReadPageAsync(query, series, Cancellation);
                    var instants = Enumerable.Range(0, page.Count).Select(page.Timestamp).ToArray();
                    page.Dispose();
                    pages.Insert(newest ? 0 : pages.Count, instants);
                    if (!hasMore)
                        break;
                    instants.Length.ShouldBe(size);
                    query = newest ? query with { Before = instants[0] } : query with { After = instants[^1] };
                }

                pages.SelectMany(page => page).ShouldBe(expected);
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public async Task A_stream_gives_the_newest_in_order_and_stops_when_told()
    {
        await WriteAsync(Hourly(500));
        (await StreamAsync(Query(null), 100)).Count.ShouldBe(500);
        (await StreamAsync(Query(7) with { Newest = true }, 3)).ShouldBe([.. Enumerable.Range(493, 7).Select(hour => Start.AddHours(hour))]);
        (await StreamAsync(Query(7), 3)).ShouldBe([.. Enumerable.Range(0, 7).Select(hour => Start.AddHours(hour))]);
        await foreach (var batch in _reader.StreamAsync(Query(null), await FindAsync(), 10, Cancellation))
        {
            batch.Count.ShouldBe(10);
            break;
        }

        // The connection that was broken off is fit for use.
        (await StreamAsync(Query(null), 100)).Count.ShouldBe(500);
    }

    [Fact]
    public async Task Filters_leave_what_is_good_enough()
    {
        var candles = Hourly(10);
        candles[2] = candles[2] with { Issues = CandleIssues.ZeroVolume, Score = 0.8 };
        candles[5] = candles[5] with { Issues = CandleIssues.FlatRepeat, Score = 0.9 };
        await WriteAsync(candles);
        (await StreamAsync(Query(null) with { ValidatedOnly = true }, 100)).Count.ShouldBe(9);
        (await StreamAsync(Query(null) with { MinimumScore = 0.95 }, 100)).Count.ShouldBe(8);
        (await StreamAsync(Query(3) with { MinimumScore = 0.95, Newest = true }, 100)).ShouldBe([Start.AddHours(7), Start.AddHours(8), Start.AddHours(9)]);
    }

    [Fact]
    public async Task History_reads_as_it_stood_at_any_instant()
    {
        var candles = Hourly(4);
        await WriteAsync(candles[..3]);
        var first = await NowAsync();
        await WriteAsync([candles[1] with { Candle = candles[1].Candle with { Close = 41 } }]);
        var second = await NowAsync();
        await WriteAsync([candles[1] with { Candle = candles[1].Candle with { Close = 42 } }, candles[3]]);

        (await ClosesAsync(null)).ShouldBe([candles[0].Candle.Close, 42, candles[2].Candle.Close, candles[3].Candle.Close]);
        (await ClosesAsync(second)).ShouldBe([candles[0].Candle.Close, 41, candles[2].Candle.Close]);
        (await ClosesAsync(first)).ShouldBe([.. candles[..3].Select(one => one.Candle.Close)]);
        (await ClosesAsync(Start)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Features_stand_beside_their_candles()
    {
        var candles = Hourly(60);
        var table = new FeatureTable(FeatureCatalogue.For(AssetClass.Crypto));
        new FeatureEngine(new Instrument(default, AssetClass.Crypto), BarInterval.OneHour).Append([.. candles.Select(one => one.Candle)], table);
        await WriteAsync(candles);
        var (page, _) = await _reader.ReadPageAsync(Query(100) with { Features = true }, await FindAsync(), Cancellation);
        foreach (var feature in table.Features)
        {
            var column = page.Columns.Single(one => one.IsFeature && one.Name == feature.Name);
            for (var row = 0; row < 60; row++)
            {
                var value = table.Column(feature)[row];
                if (feature.Labels.Count > 0)
                    column.Texts[row].ShouldBe(double.IsNaN(value) ? null : feature.LabelOf(value));
                else
                    column.Numbers[row].ShouldBe(value);
            }
        }

        page.Columns.Select(column => column.ExportName).ShouldBeUnique();
        page.Columns.Single(column => column is { IsFeature: true, Name: "vwap" }).ExportName.ShouldBe("vwap_feature");
        (await _reader.ReadPageAsync(Query(100) with { Features = true, Values = false, Newest = true }, await FindAsync(), Cancellation)).Page.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Adjustment_is_that_of_the_domain_to_the_bit()
    {
        await WriteAsync(Hourly(72));
        await ExecuteAsync("""
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source)
            VALUES ('BTC-USD', 'split', '2023-12-26', 1, 3, NULL, 'polygon'), ('BTC-USD', 'split', '2023-12-27', 2, 3, NULL, 'polygon')
            """);
        var factors = await new CorporateActionReader(_database.DataSource).ReadFactorsAsync(Bitcoin.Symbol, BarInterval.OneDay, null, Cancellation);
        var (page, _) = await _reader.ReadPageAsync(Query(100) with { Adjusted = true }, await FindAsync(), Cancellation);
        for (var row = 0; row < 72; row++)
        {
            var expected = factors.Adjust(Hourly(72)[row].Candle);
            (Number(page, "open", row), Number(page, "close", row), Number(page, "volume", row)).ShouldBe((expected.Open, expected.Close, expected.Volume));
        }

        Number(page, "close", 0).ShouldBe(Hourly(1)[0].Candle.Close / 4.5, 1e-12);
    }

    [Fact]
    public async Task Dividends_are_measured_against_the_close_on_record_before_them()
    {
        var apple = new Instrument(Symbol.Parse("AAPL"), AssetClass.Stock);
        StoredCandle Day(int day, double close) => new(
            new Candle { Timestamp = new DateTime(2024, 1, day, 0, 0, 0, DateTimeKind.Utc), Open = close, High = close, Low = close, Close = close, Volume = 10 },
            "polygon", CandleIssues.None, 1);
        Task StoreAsync(params StoredCandle[] days) => new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = apple, Interval = BarInterval.OneDay, Source = "polygon", Candles = days }, Cancellation);
        await StoreAsync(Day(2, 100), Day(3, 50));
        var before = await NowAsync();
        await ExecuteAsync("INSERT INTO corporate_actions (symbol, kind, ex_date, cash_amount, source) VALUES ('AAPL', 'dividend', '2024-01-03', 1, 'polygon')");
        var recorded = await NowAsync();
        await StoreAsync(Day(2, 200));

        var reader = new CorporateActionReader(_database.DataSource);
        var date = new DateOnly(2024, 1, 2);
        (await reader.ReadFactorsAsync(apple.Symbol, BarInterval.OneDay, null, Cancellation)).On(date).Dividend.ShouldBe(1 - 1.0 / 200);
        (await reader.ReadFactorsAsync(apple.Symbol, BarInterval.OneDay, recorded, Cancellation)).On(date).Dividend.ShouldBe(1 - 1.0 / 100);
        (await reader.ReadFactorsAsync(apple.Symbol, BarInterval.OneDay, before, Cancellation)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task The_version_changes_with_whatever_changes_the_answer()
    {
        await WriteAsync(Hourly(5));
        var seen = new List<(string, string?)> { Versions(await FindAsync()) };
        (Versions(await FindAsync())).ShouldBe(seen[0]);

        async Task ChangesAsync(Func<Task> change)
        {
            await change();
            var now = Versions(await FindAsync());
            seen.ShouldNotContain(now);
            seen.Add(now);
        }

        await ChangesAsync(() => WriteAsync([Hourly(5)[2] with { Candle = Hourly(5)[2].Candle with { Close = 1 } }]));
        await ChangesAsync(() => WriteAsync([Hourly(5)[2] with { Score = 0.5 }]));
        await ChangesAsync(() => ExecuteAsync("INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('BTC-USD', 'split', '2024-01-02', 1, 2, 'x')"));
        await ChangesAsync(() => ExecuteAsync("UPDATE corporate_actions SET ratio_to = 4"));
        await ChangesAsync(() => new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = Bitcoin, Interval = BarInterval.OneDay, Source = "x", Candles = Hourly(1) }, Cancellation));
    }

    private static (string, string?) Versions(StoredSeries series) => (series.Version, series.ActionsVersion);

    private static BatchColumn Column(CandleBatch batch, string name) => batch.Columns.First(column => column.Name == name);

    private static double Number(CandleBatch batch, string name, int row) => Column(batch, name).Numbers[row];

    private static CandleQuery Query(int? limit) => new() { Instrument = Bitcoin, Interval = BarInterval.OneHour, Limit = limit };

    [Fact]
    public async Task Sydneys_first_hour_of_an_ex_date_is_of_it_though_it_opens_before_midnight()
    {
        var bhp = new Instrument(Symbol.Parse("BHP.AX"), AssetClass.Stock);
        await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('BHP.AX', 'stock', '{1h}')");
        await new InstrumentStore(_database.DataSource).FillAsync(null, Cancellation);
        StoredCandle Hour(string opening, double close) => new(
            new Candle { Timestamp = DateTime.Parse(opening, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), Open = close, High = close, Low = close, Close = close, Volume = 10 },
            "yahoo", CandleIssues.None, 1);
        await new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite
            {
                Instrument = bhp,
                Interval = BarInterval.OneHour,
                Source = "yahoo",
                Candles = new[] { Hour("2024-01-15T03:00Z", 90), Hour("2024-01-15T04:00Z", 100), Hour("2024-01-15T23:00Z", 40), Hour("2024-01-16T00:00Z", 41) },
            },
            Cancellation);
        await ExecuteAsync("""
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source)
            VALUES ('BHP.AX', 'split', '2024-01-16', 1, 2, NULL, 'yahoo'), ('BHP.AX', 'dividend', '2024-01-16', NULL, NULL, 10, 'yahoo')
            """);

        // Measured by the last hour before the session: 10 of 100.
        double[] adjusted = [90 / 2.0 * 0.9, 100 / 2.0 * 0.9, 40, 41];
        var series = (await _reader.FindAsync(bhp.Symbol, BarInterval.OneHour, Cancellation)).ShouldNotBeNull();
        foreach (var newest in new[] { false, true })
        {
            var query = new CandleQuery { Instrument = bhp, Interval = BarInterval.OneHour, Limit = 100, Adjusted = true, Newest = newest };
            var (page, _) = await _reader.ReadPageAsync(query, series, Cancellation);
            Column(page, "close").Numbers.Take(page.Count).ShouldBe(adjusted, 1e-12);
        }

        (await QueryAsync<double[]>("SELECT array_agg(close ORDER BY ts) FROM adjusted_candles WHERE symbol = 'BHP.AX'")).ShouldBe(adjusted, 1e-12);
    }

    [Fact]
    public async Task A_close_that_came_after_an_instant_measures_no_dividend_as_of_then()
    {
        var apple = new Instrument(Symbol.Parse("AAPL"), AssetClass.Stock);
        Task StoreAsync(BarInterval interval, DateTime opening, double close) => new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite
            {
                Instrument = apple,
                Interval = interval,
                Source = "polygon",
                Candles = new[]
                {
                    new StoredCandle(
                        new Candle { Timestamp = opening, Open = close, High = close, Low = close, Close = close, Volume = 10 }, "polygon", CandleIssues.None, 1),
                },
            },
            Cancellation);
        await StoreAsync(BarInterval.OneHour, new DateTime(2024, 1, 2, 20, 30, 0, DateTimeKind.Utc), 100);
        await ExecuteAsync("INSERT INTO corporate_actions (symbol, kind, ex_date, cash_amount, source) VALUES ('AAPL', 'dividend', '2024-01-03', 1, 'polygon')");
        var then = await NowAsync();
        await StoreAsync(BarInterval.OneDay, new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc), 200);

        var reader = new CorporateActionReader(_database.DataSource);
        var date = new DateOnly(2024, 1, 2);
        (await reader.ReadFactorsAsync(apple.Symbol, BarInterval.OneHour, null, Cancellation)).On(date).Dividend.ShouldBe(1 - 1.0 / 200);
        (await reader.ReadFactorsAsync(apple.Symbol, BarInterval.OneHour, then, Cancellation)).On(date).Dividend.ShouldBe(1 - 1.0 / 100);
    }

    private async Task<StoredSeries> FindAsync() => (await _reader.FindAsync(Bitcoin.Symbol, BarInterval.OneHour, Cancellation)).ShouldNotBeNull();

    private async Task<List<DateTime>> StreamAsync(CandleQuery query, int batchRows)
    {
        var instants = new List<DateTime>();
        await foreach (var batch in _reader.StreamAsync(query, await FindAsync(), batchRows, Cancellation))
            instants.AddRange(Enumerable.Range(0, batch.Count).Select(batch.Timestamp));
        return instants;
    }

    private async Task<double[]> ClosesAsync(DateTime? asOf)
    {
        var (page, _) = await _reader.ReadPageAsync(Query(100) with { AsOf = asOf }, await FindAsync(), Cancellation);
        return [.. Column(page, "close").Numbers.Take(page.Count)];
    }

    private Task<WriteResult> WriteAsync(StoredCandle[] candles) => new SeriesWriter(_database.DataSource).WriteAsync(
        new SeriesWrite { Instrument = Bitcoin, Interval = BarInterval.OneHour, Source = "binance", Candles = candles }, Cancellation);

    private Task<DateTime> NowAsync() => QueryAsync<DateTime>("SELECT clock_timestamp()");

    private async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.QuerySingleAsync<T>(sql);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static StoredCandle[] Hourly(int count, DateTime? start = null) =>
    [
        .. Enumerable.Range(0, count).Select(i => new StoredCandle(
            new Candle
            {
                Timestamp = (start ?? Start).AddHours(i), Open = 100 + i, High = 102.5 + i, Low = 99.1 + i, Close = 101.7 + Math.Sin(i), Volume = 1e3 + i,
                TakerBuyVolume = 600 + i, TakerSellVolume = 400,
            },
            "binance", CandleIssues.None, 1)),
    ];
}
