using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Read;

/// <summary>
/// The newest day of 5,000 symbols with change, features and age, against a budget of 20 ms while nothing is written, read from the database and as
/// JSON over HTTP to the last byte, and of 60 ms after a write; and a year of 500 symbols in one call against the same in a call for each.
/// </summary>
internal sealed class ManySymbols : Benchmark
{
    private const double BudgetMilliseconds = 20;
    private const int Days = 252;
    private const int Reads = 10;

    public override IReadOnlyList<string> Names => ["latest_5000", "latest_5000_anew", "latest_5000_http", "historical_500"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        foreach (var statement in Year(bench.Options.Load(5_000, 500)))
            await database.ExecuteAsync(statement, cancellation);
        await using var api = ServiceProcess.Start("Api", new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["Api__RequestsPerMinutePerAddress"] = "100000000",
        });
        await api.AliveAsync(cancellation);
        var (reader, rounds) = (new LatestReader(database.Source), bench.Options.Rounds);
        var (read, anew, http) = (new double[rounds], new double[rounds], new double[rounds]);
        // The first ones compile.
        for (var round = -2; round < rounds; round++)
        {
            var ofReader = await MedianAsync(() => ReadAsync(reader));
            var ofNewReader = await MedianAsync(() => ReadAsync(new LatestReader(database.Source)));
            var ofHttp = await MedianAsync(() => GetAsync(api, "/api/v1/latest", cancellation));
            if (round >= 0)
                (read[round], anew[round], http[round]) = (ofReader, ofNewReader, ofHttp);
        }

        Task ReadAsync(LatestReader from) => from.ReadAsync(null, null, BarInterval.OneDay, true, cancellation);

        string[] symbols = [.. Enumerable.Range(1, bench.Options.Load(500, 50)).Select(i => $"S{i}")];
        var (together, apart) = await Rounds.AlternateAsync(
            rounds,
            () => Rounds.TimeAsync(() => GetAsync(api, $"/api/v1/historical?symbols={string.Join(',', symbols)}&format=csv", cancellation)),
            () => Rounds.TimeAsync(async () =>
            {
                foreach (var symbol in symbols)
                    await GetAsync(api, $"/api/v1/historical/{symbol}?format=csv", cancellation);
            }));
        return
        [
            new("latest_5000", "ms", Rounds.Median(read) * 1e3, BudgetMilliseconds, 1, rounds),
            new("latest_5000_anew", "ms", Rounds.Median(anew) * 1e3, BudgetMilliseconds * 3, 1, rounds),
            new("latest_5000_http", "ms", Rounds.Median(http) * 1e3, BudgetMilliseconds, 1, rounds),
            new("historical_500", "ms", together * 1e3, apart * 1e3, 0.5, rounds),
        ];
    }

    private static async Task<double> MedianAsync(Func<Task> action)
    {
        var times = new double[Reads];
        for (var i = 0; i < Reads; i++)
            times[i] = await Rounds.TimeAsync(action);
        return Rounds.Median(times);
    }

    private static async Task GetAsync(ServiceProcess api, string path, CancellationToken cancellation)
    {
        using var answer = await api.Client.GetAsync(path, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null, cancellation);
    }

    // As many dividends as there are in ten years are behind each symbol.
    private static string[] Year(int symbols)
    {
        var features = FeatureCatalogue.All.Where(feature => feature.Scope == FeatureScope.Universal && feature.Labels.Count == 0).ToList();
        return
        [
            $"""
            SET session_replication_role = replica;
            SELECT ensure_bar_partitions('1d', now() - interval '{Days + 1} days', now());
            INSERT INTO candle_sources (name) VALUES ('polygon');
            INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || s, 'stock', ARRAY['1d'] FROM generate_series(1, {symbols}) s;
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records)
            SELECT symbol, '1d', date_trunc('day', now()) - interval '{Days - 1} days', date_trunc('day', now()), {Days} FROM symbols;
            INSERT INTO bars_1d (series_id, ts, open, high, low, close, volume, vwap, trade_count, source, issues)
            SELECT r.id, date_trunc('day', now()) - d * interval '1 day', 100.25 + d, 101.5 + d, 99.75 + d, 100.5 + d, 1234567, 100.4321 + d, 4321, 1, 16384
            FROM series r, generate_series(0, {Days - 1}) d;
            INSERT INTO corporate_actions (symbol, kind, ex_date, cash_amount, currency, source)
            SELECT 'S' || s, 'dividend', current_date - 20 - 91 * d, 0.25, 'USD', 'polygon' FROM generate_series(1, {symbols}) s, generate_series(0, 39) d;
            INSERT INTO latest_features (symbol, timeframe, ts, {string.Join(", ", features.Select(feature => feature.Name))})
            SELECT symbol, '1d', last_ts, {string.Join(", ", features.Select(_ => "random() * 100"))} FROM series;
            RESET session_replication_role;
            """,
            "VACUUM ANALYZE",
        ];
    }
}
