using CsCheck;
using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests.Candles;

public sealed class SeriesWriterTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);
    private static readonly DateTime Start = new(2023, 12, 20, 0, 0, 0, DateTimeKind.Utc);
    private TestDatabase _database = null!;
    private SeriesWriter _writer = null!;
    private SeriesReader _reader = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _writer = new SeriesWriter(_database.DataSource);
        _reader = new SeriesReader(_database.DataSource);
        await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('AAPL', 'stock', '{1d}')");
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_is_written_reads_back_bit_for_bit()
    {
        var candles = Daily(12);
        candles[3] = candles[3] with
        {
            Candle = candles[3].Candle with { Vwap = 1.0 / 3, TradeCount = 7, OpenInterest = 2, FundingRate = -1e-5, TakerBuyVolume = 3, LongShortRatio = 1.1 },
            Issues = CandleIssues.GapBefore | CandleIssues.VolumeAnomaly,
            Score = 0.7,
        };
        (await WriteAsync(candles)).ShouldBe(new WriteResult(12, 0, 0, 0));
        (await ReadAsync()).ShouldBe(candles);
        var (validated, gap, anomaly) = await QueryAsync<(bool, bool, bool)>(
            $"SELECT is_validated, gap_detected, volume_anomaly FROM candles WHERE ts = '{candles[3].Candle.Timestamp:O}'");
        (validated, gap, anomaly).ShouldBe((false, true, true));
    }

    [Fact]
    public async Task What_was_committed_without_an_answer_is_stored_and_known_to_be()
    {
        await using var wire = TcpProxy.ToServerOf(_database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(_database.ConnectionString));
        wire.LoseAnswerTo("COMMIT\0");

        var result = await new SeriesWriter(source).WriteAsync(Write(Daily(12)), Cancellation);

        (result.Inserted, result.AnswerWasLost).ShouldBe((12, true));
        (await ReadAsync()).ShouldBe(Daily(12));
    }

    [Fact]
    public async Task What_was_not_committed_since_the_connection_broke_is_not_stored_and_known_not_to_be()
    {
        await using var wire = TcpProxy.ToServerOf(_database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(_database.ConnectionString));
        wire.Lose("COMMIT\0");

        await Should.ThrowAsync<NpgsqlException>(() => new SeriesWriter(source).WriteAsync(Write(Daily(12)), Cancellation));

        (await ReadAsync()).ShouldBeEmpty();
        (await WriteAsync(Daily(12))).AnswerWasLost.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_there_already_is_not_written_again()
    {
        await WriteAsync(Daily(12));
        var before = await RowVersionsAsync();
        (await WriteAsync(Daily(12))).ShouldBe(new WriteResult(0, 0, 0, 12));
        (await RowVersionsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_revised_candle_keeps_its_old_values_on_record()
    {
        var candles = Daily(5);
        await WriteAsync(candles);
        var revised = candles[2] with { Candle = candles[2].Candle with { Close = 42 }, Source = "yahoo" };
        (await WriteAsync([candles[1], revised, candles[3]])).ShouldBe(new WriteResult(0, 1, 0, 2));
        (await ReadAsync()).ShouldBe([candles[0], candles[1], revised, candles[3], candles[4]]);
        var (close, source, follows) = await QueryAsync<(double, string, bool)>(
            "SELECT r.close, r.source, r.replaced_at = c.recorded_at FROM candle_revisions r JOIN candles c USING (symbol, timeframe, ts)");
        (close, source, follows).ShouldBe((candles[2].Candle.Close, "polygon", true));
    }

    [Fact]
    public async Task Another_score_for_the_same_values_is_no_revision()
    {
        var candles = Daily(3);
        await WriteAsync(candles);
        (await WriteAsync([candles[1] with { Issues = CandleIssues.GapBefore, Score = 0.85 }])).ShouldBe(new WriteResult(0, 0, 1, 0));
        (await QueryAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
    }

    [Fact]
    public async Task A_rejected_bar_seen_again_counts_up()
    {
        var bar = new RejectedBar(Start, 1, double.NaN, 3, 4, 5, "not_finite", "The high is missing.");
        await WriteAsync([], write => write with { Rejected = [bar, bar with { Timestamp = null }] });
        await WriteAsync([], write => write with { Rejected = [bar] });
        (await QueryAsync<(long, long)>("SELECT count(*), sum(times_seen)::bigint FROM rejected_candles")).ShouldBe((2, 3));
    }

    [Fact]
    public async Task Quality_is_computed_by_day_and_for_the_series()
    {
        var candles = Daily(3);
        candles[1] = candles[1] with { Issues = CandleIssues.PriceAnomaly, Score = 0.7 };
        var dates = candles.Select(candle => DateOnly.FromDateTime(candle.Candle.Timestamp)).ToList();
        await WriteAsync(candles, write => write with
        {
            ExpectedByDate = dates.Append(dates[2].AddDays(1)).ToDictionary(date => date, _ => 1),
            GapRange = (candles[0].Candle.Timestamp, candles[2].Candle.Timestamp.AddDays(2)),
            Gaps = [new Gap(candles[2].Candle.Timestamp.AddDays(1), candles[2].Candle.Timestamp.AddDays(1), 1)],
            FetchLog = new FetchLogEntry { Source = "polygon", RecordsFetched = 3, ResponseTime = TimeSpan.FromMilliseconds(12) },
        });
        var series = await QueryAsync<(long Records, long Validated, long Expected, double Completeness, double Score)>(
            "SELECT records, validated_records, expected_records, completeness, quality_score FROM series");
        series.ShouldBe((3, 2, 4, 0.75, 0.9 * 0.75));
        (await QueryAsync<(int, int)>("SELECT sum(gaps_detected)::int, sum(anomalies_detected)::int FROM data_quality_metrics")).ShouldBe((1, 1));
        (await QueryAsync<(int, int, bool)>("SELECT records_fetched, records_inserted, success FROM enrichment_fetch_log")).ShouldBe((3, 3, true));
        var state = await _reader.StateAsync(Apple, BarInterval.OneDay, Cancellation);
        state.LastTs.ShouldBe(candles[2].Candle.Timestamp);
        state.FirstTs.ShouldBe(candles[0].Candle.Timestamp);
    }

    [Fact]
    public async Task Gaps_are_replaced_and_asked_for_on_a_thinning_schedule()
    {
        var day = TimeSpan.FromDays(1);
        var gap = new Gap(Start, Start + day, 2);
        await WriteAsync([], write => write with { GapRange = (Start - day, Start + 9 * day), Gaps = [gap, new Gap(Start + 5 * day, Start + 5 * day, 1)] });
        await WriteAsync([], write => write with { GapRange = (Start + 4 * day, Start + 9 * day) });
        (await QueryAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(1);
        foreach (var days in (int?[])[7, 30, null])
        {
            await ExecuteAsync("UPDATE gaps SET next_ask_at = now() - interval '1 second', detected_at = now() - interval '2 days'");
            (await _reader.GapsDueAsync(Apple.Symbol, BarInterval.OneDay, Cancellation)).Single().Start.ShouldBe(Start);
            await WriteAsync([], write => write with { AskedRange = (Start, Start + 3 * day) });
            (await QueryAsync<int?>("SELECT round(extract(epoch FROM next_ask_at - now()) / 86400)::int FROM gaps")).ShouldBe(days);
        }
    }

    [Fact]
    public async Task A_write_without_the_right_to_it_changes_nothing()
    {
        await Should.ThrowAsync<LeaseLostException>(() => WriteAsync(Daily(3), write => write with { Fence = new JobFence(4711, 1) }));
        (await ReadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_overlapping_writes_leave_what_a_dictionary_would_hold() =>
        await Gen.Select(Gen.Int[0, 40], Gen.Int[1, 20], Gen.Int[0, 3]).Array[1, 8].SampleAsync(
            async writes =>
            {
                await ExecuteAsync("TRUNCATE bars_1d, candle_revisions");
                var model = new SortedDictionary<DateTime, StoredCandle>();
                var all = Daily(60);
                foreach (var (from, count, variant) in writes)
                {
                    var candles = all[from..(from + count)]
                        .Select(candle => candle with { Candle = candle.Candle with { Volume = candle.Candle.Volume + variant } }).ToArray();
                    await WriteAsync(candles);
                    foreach (var candle in candles)
                        model[candle.Candle.Timestamp] = candle;
                }

                (await ReadAsync()).ShouldBe(model.Values.ToArray());
            },
            iter: 12, threads: 1);

    [Fact]
    public async Task Two_writers_of_one_symbol_wait_for_each_other()
    {
        var candles = Daily(60);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => WriteAsync(candles[(i * 8)..(i * 8 + 16)])));
        results.Sum(result => result.Inserted).ShouldBe(56);
        (await ReadAsync()).ShouldBe(candles[..56]);
    }

    private Task<WriteResult> WriteAsync(StoredCandle[] candles, Func<SeriesWrite, SeriesWrite>? with = null)
    {
        var write = Write(candles);
        return _writer.WriteAsync(with is null ? write : with(write), Cancellation);
    }

    private static SeriesWrite Write(StoredCandle[] candles) =>
        new() { Instrument = Apple, Interval = BarInterval.OneDay, Source = "polygon", Candles = candles };

    private Task<StoredCandle[]> ReadAsync() => _reader.RangeAsync(Apple.Symbol, BarInterval.OneDay, Start.AddYears(-1), Start.AddYears(2), Cancellation);

    private Task<string> RowVersionsAsync() => QueryAsync<string>("SELECT string_agg(xmin::text || ctid::text, ',' ORDER BY ts) FROM bars_1d");

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

    // Over a new year, and so over two partitions.
    private static StoredCandle[] Daily(int count) =>
    [
        .. TradingCalendar.UsEquities.Expected(Start, Start.AddYears(1), BarInterval.OneDay).Take(count).Select((instant, i) => new StoredCandle(
            new Candle { Timestamp = instant, Open = 100 + i, High = 102.5 + i, Low = 99.1 + i, Close = 101.7 + i, Volume = 1e6 + i },
            "polygon", CandleIssues.None, 1)),
    ];
}
