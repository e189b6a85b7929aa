using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Quality;

/// <summary>How a candle came to have its values, told from what writes and runs left on record.</summary>
public sealed class CandleStoryTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Root = "/api/v1/data/quality";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static readonly DateTime Monday = new(2024, 6, 3, 0, 0, 0, DateTimeKind.Utc);

    private string _symbol = "";

    public async ValueTask InitializeAsync()
    {
        _symbol = "T" + Guid.NewGuid().ToString("N")[..8].ToUpperInvariant();
        await api.Database.TrackAsync(_symbol);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_version_has_its_cause_and_its_run()
    {
        Guid[] runs =
        [
            await WriteAsync("polygon", Monday, 100), await WriteAsync("yahoo", Monday, 101), await WriteAsync("yahoo", Monday, 102),
            await WriteAsync("import:mine", Monday, 103), await WriteAsync("yahoo", Monday, 104),
        ];

        var story = await StoryAsync("2024-06-03");

        var versions = story.GetProperty("versions").EnumerateArray().ToList();
        versions.Select(version => version.GetProperty("cause").GetString()).ShouldBe(["fetched", "other_provider", "corrected", "imported", "other_provider"]);
        versions.Select(version => version.GetProperty("close").GetDouble()).ShouldBe([100, 101, 102, 103, 104]);
        versions.Select(version => version.GetProperty("job_id").GetGuid()).ShouldBe(runs);
        versions.ShouldAllBe(version => version.GetProperty("trigger").GetString() == "manual" && version.GetProperty("enrichment_job_id").GetInt64() > 0);
        versions.ShouldAllBe(version => version.GetProperty("trace_id").GetString() == Trace);
        versions.Zip(versions.Skip(1)).ShouldAllBe(pair => pair.First.GetProperty("replaced_at").GetString() == pair.Second.GetProperty("recorded_at").GetString());
        versions[^1].GetProperty("replaced_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_revision_has_before_after_cause_and_run()
    {
        await WriteAsync("polygon", Monday, 100);
        var second = await WriteAsync("polygon", Monday, 102);
        var third = await WriteAsync("yahoo", Monday, 99);
        await WriteAsync("polygon", Monday.AddDays(1), 50);
        await RemoveAsync(Monday.AddDays(1));
        // Came again later: it did not take the place of what was removed.
        await WriteAsync("polygon", Monday.AddDays(1), 60);

        var report = await api.Stranger.FetchAsync($"{Root}/{_symbol}?timeframe=1d").JsonAsync();

        var revisions = report.GetProperty("revisions").EnumerateArray().ToList();
        revisions.Select(one => one.GetProperty("cause").GetString()).ShouldBe(["removed", "other_provider", "corrected"]);
        revisions[0].GetProperty("after").ValueKind.ShouldBe(JsonValueKind.Null);
        revisions.Skip(1).Select(one => (one.GetProperty("close").GetDouble(), one.GetProperty("after").GetProperty("close").GetDouble())).ShouldBe([(102, 99), (100, 102)]);
        revisions.Skip(1).Select(one => one.GetProperty("job_id").GetGuid()).ShouldBe([third, second]);
        revisions[1].GetProperty("after").GetProperty("source").GetString().ShouldBe("yahoo");
        revisions[2].GetProperty("trigger").GetString().ShouldBe("manual");
    }

    [Fact]
    public async Task It_is_scored_by_rules_and_adjusted_by_what_came_after_it()
    {
        await WriteAsync("polygon", Monday, 400, CandleIssues.PriceAnomaly | CandleIssues.GapBefore);
        await WriteAsync("polygon", Monday.AddDays(1), 200);
        await WriteAsync("polygon", Monday.AddDays(2), 100);
        await api.Database.ExecuteAsync(
            """
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source) VALUES
                (@symbol, 'split', '2024-06-05', 1, 2, NULL, NULL, 'polygon'), (@symbol, 'dividend', '2024-06-04', NULL, NULL, 4, 'USD', 'yahoo'),
                (@symbol, 'split', '2024-06-03', 1, 3, NULL, NULL, 'polygon');
            INSERT INTO rejected_candles (symbol, timeframe, ts, open, source, reason) VALUES (@symbol, '1d', '2024-06-03Z', -1, 'yahoo', 'non_positive_price');
            INSERT INTO cross_checks (symbol, timeframe, day, provider, other_provider, bars_compared, bars_differing, max_difference, mean_difference, only_provider, only_other)
                VALUES (@symbol, '1d', '2024-06-03', 'polygon', 'yahoo', 1, 1, 0.02, 0.02, 0, 0), (@symbol, '1d', '2024-06-04', 'polygon', 'yahoo', 1, 0, 0, 0, 0, 0);
            """,
            new { symbol = _symbol });

        var story = await StoryAsync("2024-06-03T00:00:00Z");

        var score = story.GetProperty("score");
        score.GetProperty("quality_score").GetDouble().ShouldBe(0.55);
        score.GetProperty("is_validated").GetBoolean().ShouldBeFalse();
        score.GetProperty("penalties").EnumerateArray().Select(one => (one.GetProperty("rule").GetString(), one.GetProperty("penalty").GetDouble()))
            .ShouldBe([("price_anomaly", 0.3), ("gap_before", 0.15)]);
        // The split of its own day does not.
        story.GetProperty("adjustments").EnumerateArray().Select(one => (one.GetProperty("kind").GetString(), one.GetProperty("price_factor").GetDouble()))
            .ShouldBe([("dividend", 0.99), ("split", 0.5)]);
        story.GetProperty("adjusted").GetProperty("close").GetDouble().ShouldBe(400 * 0.99 / 2, 1e-9);
        story.GetProperty("adjusted").GetProperty("volume").GetDouble().ShouldBe(2_000);
        story.GetProperty("rejected_candles").EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("non_positive_price");
        story.GetProperty("cross_checks").EnumerateArray().ShouldHaveSingleItem().GetProperty("disagreement_rate").GetDouble().ShouldBe(1);
        // As the chart gives it.
        var candle = (await api.Stranger.FetchAsync($"/api/v1/historical/{_symbol}?start=2024-06-03&end=2024-06-03").JsonAsync()).GetProperty("candles")[0];
        candle.GetProperty("close").GetDouble().ShouldBe(story.GetProperty("adjusted").GetProperty("close").GetDouble());
    }

    [Fact]
    public async Task Weeks_are_built_of_days_and_what_was_never_there_has_no_versions()
    {
        await WriteAsync("polygon", Monday, 10, interval: BarInterval.OneWeek);
        await WriteAsync("polygon", Monday, 11, interval: BarInterval.OneWeek);
        var story = await StoryAsync("2024-06-03", "1w");
        story.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("cause").GetString()).ShouldBe(["built", "rebuilt"]);

        var nothing = await StoryAsync("2019-01-02");
        nothing.GetProperty("versions").GetArrayLength().ShouldBe(0);
        nothing.GetProperty("score").ValueKind.ShouldBe(JsonValueKind.Null);
        nothing.GetProperty("adjusted").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("?timeframe=1d", "timestamp")]
    [InlineData("?timestamp=soon", "timestamp")]
    [InlineData("?timestamp=2024-06-03&timeframe=2h", "timeframe")]
    [InlineData("?timestamp=2024-06-03&colour=red", "colour")]
    public async Task Bad_input_names_the_field(string query, string field) =>
        await api.Stranger.FetchAsync($"{Root}/{_symbol}/candle{query}").ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task An_unknown_symbol_is_404() =>
        await api.Stranger.FetchAsync($"{Root}/NOBODY/candle?timestamp=2024-06-03").ProblemAsync(HttpStatusCode.NotFound);

    private Task<JsonElement> StoryAsync(string timestamp, string timeframe = "1d") =>
        api.Stranger.FetchAsync($"{Root}/{_symbol.ToLowerInvariant()}/candle?timestamp={timestamp}&timeframe={timeframe}").JsonAsync();

    // One candle, by a run of its own.
    private async Task<Guid> WriteAsync(
        string source, DateTime day, double close, CandleIssues issues = CandleIssues.None, BarInterval interval = BarInterval.OneDay)
    {
        var run = await api.Database.QueueAsync(_symbol);
        var candle = new Candle { Timestamp = day, Open = close, High = close + 1, Low = close - 1, Close = close, Volume = 1_000 };
        var write = new SeriesWrite
        {
            Instrument = new(Symbol.Parse(_symbol), AssetClass.Stock),
            Interval = interval,
            Source = source,
            JobId = run,
            Candles = new[] { new StoredCandle(candle, source, issues, ValidationRules.Score(issues)) },
            FetchLog = new() { Source = source, RecordsFetched = 1, TraceId = Trace },
        };
        await new SeriesWriter(api.Database.DataSource).WriteAsync(write, TestContext.Current.CancellationToken);
        await api.Database.EndAsync(run);
        return run;
    }

    private Task RemoveAsync(DateTime day) => api.Database.ExecuteAsync(
        """
        INSERT INTO candle_revisions (symbol, timeframe, ts, recorded_at, open, high, low, close, volume, source, is_validated, quality_score)
            SELECT symbol, timeframe, ts, recorded_at, open, high, low, close, volume, source, is_validated, quality_score FROM candles
            WHERE symbol = @symbol AND timeframe = '1d' AND ts = @day;
        DELETE FROM bars_1d WHERE ts = @day AND series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = '1d');
        """,
        new { symbol = _symbol, day });
}
