using CsCheck;
using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Storage.Tests.Candles;

/// <summary>
/// Features are those of the candles that they stand beside, to the bit: whatever was written, revised, filled in before, forgotten or split,
/// and wherever reading begins, they are those of one computation over all candles given.
/// </summary>
public sealed class FeatureTruthTests(PostgresServer server) : IAsyncLifetime
{
    // Daily bars for the dividends, and enough of five minutes for several checkpoints.
    private static readonly (Instrument Instrument, BarInterval Interval, int Candles)[] Kinds =
    [
        (new(Symbol.Parse("AAPL"), AssetClass.Stock), BarInterval.FiveMinutes, 13_000),
        (new(Symbol.Parse("AAPL"), AssetClass.Stock), BarInterval.OneDay, 400),
        (new(Symbol.Parse("BTC-USD"), AssetClass.Crypto), BarInterval.OneHour, 9_000),
    ];

    private static readonly DateTime Start = new(2023, 1, 3, 0, 0, 0, DateTimeKind.Utc);
    private TestDatabase _database = null!;
    private CandleReader _reader = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _reader = new CandleReader(_database.DataSource);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Any_slice_after_any_history_has_the_features_of_its_candles() =>
        await Gen.Select(Gen.Int[0, Kinds.Length - 1], Gen.Int[0, int.MaxValue], Gen.Int[3, 7]).SampleAsync(
            async (kind, seed, steps) =>
            {
                var history = new History(_database, Kinds[kind], new Random(seed));
                await history.BeginAsync();
                var instants = new List<DateTime>();
                for (var step = 0; step < steps; step++)
                {
                    instants.Add(await NowAsync());
                    await history.StepAsync();
                    await CheckAsync(history, asOf: null);
                }

                // Much of what was read then is another now.
                foreach (var instant in history.ForgotAt is { } forgot ? instants.Where(instant => instant > forgot) : instants)
                    await CheckAsync(history, instant);
            },
            iter: 8, threads: 1);

    [Fact]
    public async Task A_page_far_back_is_read_from_the_checkpoint_before_it()
    {
        var history = new History(_database, Kinds[0], new Random(7));
        await history.BeginAsync();
        await history.CatchUpAsync();
        await ExecuteAsync("UPDATE bars_5m SET open = 1, high = 1, low = 1, close = 1 WHERE ts < (SELECT min(ts) FROM feature_checkpoints)");
        var series = await FindAsync(history);
        var wrong = await ReadAsync(history, series, new() { Instrument = history.Instrument, Interval = history.Interval, Features = true }, 1000);
        var from = wrong.Instants[8_300];
        var right = history.Batch([.. history.Candles.Values], AdjustmentFactors.None);
        var (page, _) = await _reader.ReadPageAsync(
            new CandleQuery { Instrument = history.Instrument, Interval = history.Interval, Features = true, From = from, Limit = 100 }, series, Cancellation);
        var obv = page.Columns.Single(column => column.Name == "obv").Numbers;
        obv[..100].ShouldBe(right.Column(FeatureCatalogue.Find("obv")!)[8_300..8_400].ToArray());
        obv[0].ShouldNotBe(wrong.Values[8_300].Single(value => value.Name == "obv").Value);
    }

    // The same candles read all at once, and by random slices in every way that there is.
    private async Task CheckAsync(History history, DateTime? asOf)
    {
        var series = await FindAsync(history);
        foreach (var adjusted in (bool[])[true, false])
        {
            var query = new CandleQuery { Instrument = history.Instrument, Interval = history.Interval, Adjusted = adjusted, AsOf = asOf };
            var given = new List<Candle>();
            await foreach (var batch in _reader.StreamAsync(query, series, 5000, Cancellation))
                given.AddRange(batch.Candles());
            if (asOf is null && !adjusted)
                given.SequenceEqual(history.Candles.Values).ShouldBeTrue();
            var expected = history.Batch([.. given], AdjustmentFactors.None);
            var positions = given.Select((candle, i) => (candle.Timestamp, i)).ToDictionary();
            foreach (var slice in Slices(history, query with { Features = true }, given))
            {
                var (instants, values) = slice.Limit is not null && history.Random.Next(2) == 0
                    ? await PageAsync(slice, series)
                    : await ReadAsync(history, series, slice, history.Random.Next(1, 5000));
                for (var row = 0; row < instants.Count; row++)
                {
                    var (at, column) = (positions[instants[row]], 0);
                    foreach (var (name, value) in values[row])
                    {
                        // As numbers and not as bits for nulls' sake alone: NaN equals itself here, and −0 does not pass for 0.
                        var wanted = expected.Column(column++)[at];
                        if (!value.Equals(wanted) || double.IsNegative(value) != double.IsNegative(wanted) && !double.IsNaN(value))
                            Assert.Fail($"{name} of {instants[row]:O} is {value:R} and not {wanted:R}: {slice}");
                    }
                }
            }
        }

        if (asOf is null)
            await CheckLatestAsync(history, series);
    }

    private static IEnumerable<CandleQuery> Slices(History history, CandleQuery query, List<Candle> given)
    {
        yield return query;
        for (var i = 0; i < 4 && given.Count > 0; i++)
        {
            var from = given[history.Random.Next(given.Count)].Timestamp;
            yield return query with
            {
                From = history.Random.Next(2) == 0 ? from : null,
                Before = history.Random.Next(2) == 0 ? from.AddDays(history.Random.Next(1, 90)) : null,
                Limit = history.Random.Next(1, 400),
                Newest = history.Random.Next(2) == 0,
                ValidatedOnly = history.Random.Next(3) == 0,
                MinimumScore = history.Random.Next(3) == 0 ? 0.8 : null,
            };
        }
    }

    private async Task CheckLatestAsync(History history, StoredSeries series)
    {
        var query = new CandleQuery { Instrument = history.Instrument, Interval = history.Interval, Adjusted = true, Features = true, Limit = 1, Newest = true };
        var (instants, values) = await PageAsync(query, series);
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        var rows = (await connection.QueryAsync(
            "SELECT * FROM latest_features WHERE symbol = @symbol AND timeframe = @timeframe",
            new { symbol = history.Instrument.Symbol.Value, timeframe = history.Interval.Name() })).Cast<IDictionary<string, object?>>().ToList();
        if (rows.Count == 0)
            return;
        var row = rows.ShouldHaveSingleItem();
        row["ts"].ShouldBe(instants[0]);
        foreach (var (name, value) in values[0])
            (row[name] is double known ? known : row[name] is string label ? LabelValue(name, label) : double.NaN).ShouldBe(value, name);
    }

    private static double LabelValue(string name, string label) => FeatureCatalogue.Find(name)!.Labels.ToList().IndexOf(label) - 1;

    private async Task<(List<DateTime> Instants, List<(string Name, double Value)[]> Values)> ReadAsync(
        History history, StoredSeries series, CandleQuery query, int batchRows)
    {
        var (instants, values) = (new List<DateTime>(), new List<(string, double)[]>());
        await foreach (var batch in _reader.StreamAsync(query, series, batchRows, Cancellation))
            Add(batch, instants, values);
        return (instants, values);
    }

    private async Task<(List<DateTime> Instants, List<(string Name, double Value)[]> Values)> PageAsync(CandleQuery query, StoredSeries series)
    {
        var (instants, values) = (new List<DateTime>(), new List<(string, double)[]>());
        var (page, _) = await _reader.ReadPageAsync(query, series, Cancellation);
        using (page)
            Add(page, instants, values);
        return (instants, values);
    }

    private static void Add(CandleBatch batch, List<DateTime> instants, List<(string, double)[]> values)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            instants.Add(batch.Timestamp(row));
            values.Add([.. batch.Columns.Where(column => column.IsFeature).Select(column => (column.Name, column.Kind == BatchColumnKind.Number
                ? column.Numbers[row]
                : column.Texts[row] is { } label ? LabelValue(column.Name, label) : double.NaN))]);
        }
    }

    private async Task<StoredSeries> FindAsync(History history) =>
        (await _reader.FindAsync(history.Instrument.Symbol, history.Interval, Cancellation)).ShouldNotBeNull();

    private async Task<DateTime> NowAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.QuerySingleAsync<DateTime>("SELECT clock_timestamp()");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>What may become of a series, at random: the pipeline's ways of writing, and others'.</summary>
    private sealed class History(TestDatabase database, (Instrument Instrument, BarInterval Interval, int Candles) kind, Random random)
    {
        private readonly SeriesWriter _writer = new(database.DataSource);
        private readonly FeatureStore _features = new(database.DataSource);
        private readonly SortedDictionary<DateOnly, (int From, int To)> _splits = [];
        private readonly SortedDictionary<DateOnly, double> _dividends = [];
        private readonly CorporateActionStore _actions = new(database.DataSource);
        private readonly DateTime[] _calendar = [.. TradingCalendar.For(kind.Instrument).Expected(Start, Start.AddYears(3), kind.Interval).Take(kind.Candles)];

        public Random Random => random;

        public Instrument Instrument => kind.Instrument;

        public BarInterval Interval => kind.Interval;

        public SortedDictionary<DateTime, Candle> Candles { get; } = [];

        /// <summary>When candles were forgotten last: no read can be as of before.</summary>
        public DateTime? ForgotAt { get; private set; }

        public FeatureTable Batch(Candle[] candles, AdjustmentFactors factors)
        {
            factors.Adjust(candles);
            var table = new FeatureTable(FeatureCatalogue.For(Instrument.AssetClass));
            new FeatureEngine(Instrument, Interval).Append(candles, table);
            return table;
        }

        /// <summary>A new series, of which the first half or so is stored.</summary>
        public async Task BeginAsync()
        {
            await new SymbolStore(database.DataSource).PurgeAsync(Instrument.Symbol.Value, Cancellation);
            await using (var command = database.DataSource.CreateCommand(
                $"INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('{Instrument.Symbol}', '{Instrument.AssetClass.Name()}', '{{{Interval.Name()}}}')"))
                await command.ExecuteNonQueryAsync(Cancellation);
            await WriteAsync(_calendar.Length / 4, _calendar.Length * 9 / 10, isRevision: false);
        }

        public Task<ComputeLogEntry?> CatchUpAsync() => _features.CatchUpAsync(Instrument, Interval, null, last => last.AddDays(-4), Cancellation);

        public async Task StepAsync()
        {
            var at = random.Next(_calendar.Length - 1);
            Task step = random.Next(9) switch
            {
                0 => WriteAsync(at, Math.Min(at + random.Next(1, 300), _calendar.Length), isRevision: true),
                1 => WriteAsync(0, random.Next(1, _calendar.Length / 4), isRevision: false),
                2 => WriteAsync(_calendar.Length * 9 / 10, _calendar.Length, isRevision: false),
                3 => WriteAsync(_calendar.Length - 3, _calendar.Length, isRevision: true),
                4 => SplitAsync(at),
                5 => PayAsync(at),
                6 => ForgetAsync(_calendar.Length / 10),
                7 => TakeBackAsync(),
                _ => AppendAsync(),
            };
            await step;
            if (random.Next(3) > 0)
                await CatchUpAsync();
        }

        // As the pipeline does with what is new at the end.
        private async Task AppendAsync()
        {
            var last = Candles.Keys.Last();
            var next = _calendar.Where(instant => instant > last).Take(random.Next(1, 50)).ToArray();
            if (next.Length == 0)
                return;
            var candles = next.Select(Candle).ToArray();
            var state = await new SeriesReader(database.DataSource).StateAsync(Instrument, Interval, Cancellation);
            var factors = await new CorporateActionReader(database.DataSource).ReadFactorsAsync(Instrument.Symbol, Interval, null, Cancellation);
            var (checkpoints, latest) = (new List<FeatureCheckpoint>(), (LatestFeatures?)null);
            foreach (var one in factors.IsEmpty ? [factors] : new[] { AdjustmentFactors.None, factors })
            {
                var run = await _features.ResumeAsync(Instrument, Interval, state.Id, one, next[0], next[^1].AddDays(-4), Cancellation);
                run.Append(candles);
                run.Save();
                checkpoints.AddRange(run.Checkpoints);
                latest = run.Latest;
            }

            await StoreAsync(candles, new FeatureProgress(state.FeatureEpoch, checkpoints, latest));
        }

        private Task WriteAsync(int from, int to, bool isRevision)
        {
            var candles = _calendar[from..to].Select(instant => isRevision || !Candles.TryGetValue(instant, out var known) ? Candle(instant) : known).ToArray();
            return candles.Length == 0 ? Task.CompletedTask : StoreAsync(candles, null);
        }

        private async Task StoreAsync(Candle[] candles, FeatureProgress? features)
        {
            await _writer.WriteAsync(
                new SeriesWrite
                {
                    Instrument = Instrument,
                    Interval = Interval,
                    Source = "polygon",
                    Candles = Array.ConvertAll(candles, candle => new StoredCandle(candle, "polygon", Issues(candle), ValidationRules.Score(Issues(candle)))),
                    Features = features,
                },
                Cancellation);
            foreach (var candle in candles)
                Candles[candle.Timestamp] = candle;
        }

        private Task<bool> SplitAsync(int at)
        {
            _splits[DateOnly.FromDateTime(_calendar[at])] = (random.Next(1, 4), random.Next(1, 8));
            return ApplyAsync();
        }

        private Task<bool> PayAsync(int at)
        {
            _dividends[DateOnly.FromDateTime(_calendar[at])] = 1 + random.NextDouble();
            return ApplyAsync();
        }

        // A provider takes back what it told.
        private Task<bool> TakeBackAsync()
        {
            _splits.Clear();
            return ApplyAsync();
        }

        private Task<bool> ApplyAsync() => _actions.ApplyAsync(
            Instrument.Symbol,
            [.. _splits.Select(split => (new StockSplit(split.Key, split.Value.From, split.Value.To), "polygon"))],
            [.. _dividends.Select(paid => (new CashDividend(paid.Key, paid.Value, "USD"), "polygon"))],
            Cancellation);

        private async Task ForgetAsync(int upTo)
        {
            var before = _calendar[upTo].Date;
            await new CandleRetention(database.DataSource).ForgetAsync(Interval, before, (_, _) => { }, Cancellation);
            foreach (var instant in Candles.Keys.TakeWhile(instant => instant < before).ToArray())
                Candles.Remove(instant);
            await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
            ForgotAt = await connection.QuerySingleAsync<DateTime>("SELECT clock_timestamp()");
        }

        private static CandleIssues Issues(in Candle candle) => candle.Volume > 9_000 ? CandleIssues.PriceAnomaly : candle.Volume > 8_000 ? CandleIssues.FlatRepeat : CandleIssues.None;

        // In cents, so that there are ties.
        private Candle Candle(DateTime instant)
        {
            var (open, close) = (Price(), Price());
            return new Candle
            {
                Timestamp = instant,
                Open = open,
                High = Math.Round(Math.Max(open, close) + random.Next(20) / 100.0, 2),
                Low = Math.Round(Math.Min(open, close) - random.Next(20) / 100.0, 2),
                Close = close,
                Volume = random.Next(10_000),
                FundingRate = Instrument.AssetClass == AssetClass.Crypto ? random.Next(-9, 9) * 1e-5 : double.NaN,
                OpenInterest = Instrument.AssetClass == AssetClass.Crypto && random.Next(9) > 0 ? random.Next(1, 99) : double.NaN,
            };
        }

        private double Price() => random.Next(9_000, 9_200) / 100.0;
    }
}
