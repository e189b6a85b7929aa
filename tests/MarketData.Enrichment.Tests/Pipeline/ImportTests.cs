using System.Globalization;
using System.Text.RegularExpressions;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What somebody brings goes the way of what providers give, and can be taken away again as if it had never been there.</summary>
public sealed partial class ImportTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime OldFrom = new(2025, 11, 3, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Recent = new(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc);

    private ImportStore Imports => Services.GetRequiredService<ImportStore>();

    [Fact]
    public async Task What_is_brought_is_judged_and_featured_as_a_providers()
    {
        await TrackAsync("AAPL", "stock", "1d", "1w");
        await EnrichAsync("AAPL");
        var own = await CandlesAsync("AAPL", "1d");

        var import = await ImportAsync("old", Of("AAPL", BarInterval.OneDay, [.. Days(OldFrom, own[0].Ts), Day(Recent) with { High = 1 }]));

        import.State.ShouldBe("completed");
        (import.Inserted, import.Rejected, import.Waiting).ShouldBe((Days(OldFrom, own[0].Ts).Count, 1, 0));
        var all = await CandlesAsync("AAPL", "1d");
        all.Count(candle => candle.Source == "import:old" && candle.Validated).ShouldBeGreaterThan(100);
        all.TakeLast(own.Count).Select(candle => (candle.Values, candle.Source)).ShouldBe(own.Select(candle => (candle.Values, candle.Source)));
        (await QueryAsync<string>("SELECT source || ' ' || reason FROM rejected_candles")).ShouldBe(["import:old ohlc_order"]);
        (await FeatureAsync("AAPL", "1d", "sma_20"))[19].ShouldNotBeNull().ShouldBe(all.Take(20).Average(candle => candle.Close), 1e-9);
        (await ScalarAsync<DateTime>("SELECT min(ts) FROM candles WHERE timeframe = '1w'")).ShouldBeLessThan(OldFrom.AddDays(7));
        (await QueryAsync<string>("SELECT trigger || ' ' || status || ' ' || symbols_successful FROM enrichment_history WHERE trigger = 'import'"))
            .ShouldBe(["import completed 1"]);
    }

    [Theory]
    [InlineData("Import")]
    [InlineData("Provider")]
    public async Task Undone_it_leaves_what_was_there_before(string precedence)
    {
        await ConfigureAsync(("Import:Precedence", precedence));
        await TrackAsync("AAPL", "stock", "1d", "1w", "1h");
        await EnrichAsync("AAPL");
        var before = await SnapshotAsync();
        var own = await CandlesAsync("AAPL", "1d");
        var hours = await CandlesAsync("AAPL", "1h");

        // Older days with a hole, some that are on record as they are, others with an odd price, a bar that is none, and hours.
        var days = Days(OldFrom, own[0].Ts).Where(day => day.Timestamp.Day != 12).Concat(own.Take(30).Select(Same)).ToList();
        days.Add(Same(own[40]) with { Close = own[40].Close * 1.7, High = own[40].High * 1.8 });
        days.Add(Same(own[41]) with { Open = -3 });
        var brought = hours.Select(hour => Same(hour) with { Volume = hour.Volume + 1, Vwap = double.NaN });
        await ImportAsync("mine", Of("AAPL", BarInterval.OneDay, days), Of("AAPL", BarInterval.OneHour, brought));
        (await SnapshotAsync()).ShouldNotBe(before);
        await UndoAsync("mine");

        ShouldBeSame(await SnapshotAsync(), before);
        (await Imports.ReadAsync("mine", Cancellation))!.State.ShouldBe("undone");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        ShouldBeSame(await SnapshotAsync(), before);
    }

    [Fact]
    public async Task Undone_with_the_statistics_of_futures_these_come_back()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await EnrichAsync("BTC-USD");
        var before = await SnapshotAsync();
        var own = await CandlesAsync("BTC-USD", "1h");

        await ImportAsync("coins", Of("BTC-USD", BarInterval.OneHour, own.Select(hour => Same(hour) with { Close = hour.Low, FundingRate = 0.5, TakerBuyVolume = 1 })));
        (await CandlesAsync("BTC-USD", "1h")).ShouldAllBe(hour => hour.Funding == 0.5 && hour.Source == "import:coins");
        await UndoAsync("coins");

        ShouldBeSame(await SnapshotAsync(), before);
    }

    [Fact]
    public async Task A_symbol_that_has_nothing_else_is_empty_again_and_gets_its_history_from_providers_all_the_same()
    {
        await TrackAsync("MSFT", "stock", "1d");
        await ImportAsync("first", Of("MSFT", BarInterval.OneDay, Days(Recent, Recent.AddDays(30))));
        (await CandlesAsync("MSFT", "1d")).ShouldAllBe(day => day.Source == "import:first");

        (await EnrichAsync("MSFT")).Status.ShouldBe("succeeded");
        var all = await CandlesAsync("MSFT", "1d");
        all.Count(day => day.Source == "polygon").ShouldBeGreaterThan(60);
        all.Count(day => day.Source == "import:first").ShouldBe(Days(Recent, Recent.AddDays(30)).Count);

        await TrackAsync("NVDA", "stock", "1d", "1w");
        await ImportAsync("second", Of("NVDA", BarInterval.OneDay, Days(Recent, Recent.AddDays(30))));
        await UndoAsync("second");
        (await ScalarAsync<long>(
            """
            SELECT (SELECT count(*) FROM candles WHERE symbol = 'NVDA') + (SELECT count(*) FROM gaps WHERE symbol = 'NVDA')
                + (SELECT count(*) FROM data_quality_metrics WHERE symbol = 'NVDA') + (SELECT count(*) FROM latest_features WHERE symbol = 'NVDA')
                + (SELECT count(*) FROM backfill_state WHERE symbol = 'NVDA') + (SELECT count(*) FROM series WHERE symbol = 'NVDA' AND records > 0)
            """)).ShouldBe(0);
        (await EnrichAsync("NVDA")).Status.ShouldBe("succeeded");
        (await CandlesAsync("NVDA", "1d")).Count.ShouldBeGreaterThan(90);
    }

    [Theory]
    [InlineData("Import", "import:late", 0)]
    [InlineData("Provider", "polygon", 5)]
    public async Task A_setting_decides_who_wins_when_a_provider_speaks_later_and_both_are_compared(string precedence, string winner, int revised)
    {
        await ConfigureAsync(("Import:Precedence", precedence));
        await TrackAsync("AAPL", "stock", "1d");
        var days = Days(Recent, Recent.AddDays(7));
        await ImportAsync("late", Of("AAPL", BarInterval.OneDay, days));
        await EnrichAsync("AAPL");

        var met = (await CandlesAsync("AAPL", "1d")).Where(day => day.Ts >= Recent && day.Ts < Recent.AddDays(7)).ToList();
        met.ShouldAllBe(day => day.Source == winner);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions WHERE source = 'import:late'")).ShouldBe(revised == 0 ? 0 : days.Count);
        (await QueryAsync<string>(
            "SELECT provider || ' ' || other_provider || ' ' || sum(bars_compared) || ' ' || sum(bars_differing) FROM cross_checks GROUP BY provider, other_provider"))
            .ShouldBe([$"import:late polygon {days.Count} {days.Count}"]);
        if (winner.StartsWith("import", StringComparison.Ordinal))
            met.ShouldAllBe(day => day.Notes!.Contains("provider_disagreement"));

        await UndoAsync("late");
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(day => day.Source == "polygon");
        (await ScalarAsync<long>("SELECT count(*) FROM cross_checks")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Import", "import:mine")]
    [InlineData("Provider", "polygon")]
    public async Task The_setting_decides_too_when_the_provider_was_there_first(string precedence, string winner)
    {
        await ConfigureAsync(("Import:Precedence", precedence));
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        var days = Days(Recent, Recent.AddDays(7));
        var import = await ImportAsync("mine", Of("AAPL", BarInterval.OneDay, days));

        (await CandlesAsync("AAPL", "1d")).Where(day => day.Ts >= Recent && day.Ts < Recent.AddDays(7)).ShouldAllBe(day => day.Source == winner);
        (import.State, import.Updated + import.Unchanged).ShouldBe(("completed", days.Count));
        (await ScalarAsync<long>("SELECT sum(bars_differing) FROM cross_checks WHERE provider = 'import:mine'")).ShouldBe(days.Count);
    }

    [Fact]
    public async Task Brought_again_it_changes_nothing_and_imports_on_top_of_each_other_come_off_in_any_order()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        var before = await SnapshotAsync();
        var days = Days(Recent, Recent.AddDays(14));
        await ImportAsync("one", Of("AAPL", BarInterval.OneDay, days));
        var once = await SnapshotAsync();
        var again = await ImportAsync("one", Of("AAPL", BarInterval.OneDay, days));
        (again.State, again.Inserted, again.Updated, again.Unchanged).ShouldBe(("completed", 0, 0, days.Count));
        ShouldBeSame(await SnapshotAsync(), once);

        await ImportAsync("two", Of("AAPL", BarInterval.OneDay, days.Select(day => day with { Close = day.Close + 0.01, High = day.High + 0.01 })));
        await UndoAsync("one");
        (await CandlesAsync("AAPL", "1d")).Count(day => day.Source == "import:two").ShouldBe(days.Count);
        await UndoAsync("two");
        ShouldBeSame(await SnapshotAsync(), before);
    }

    [Fact]
    public async Task Rows_in_any_order_and_twice_count_once_and_those_that_contradict_each_other_not_at_all()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var days = Days(Recent, Recent.AddDays(30));
        var rows = days.Concat(days.Take(5)).Append(days[7] with { Close = 22.5 }).OrderBy(day => day.Close).ThenByDescending(day => day.Timestamp).ToList();

        var import = await ImportAsync("mixed", Of("AAPL", BarInterval.OneDay, rows.Take(9)), Of("AAPL", BarInterval.OneDay, rows.Skip(9)));

        (import.Received, import.Inserted, import.Rejected).ShouldBe((rows.Count, days.Count - 1, 2));
        (await QueryAsync<string>("SELECT DISTINCT reason FROM rejected_candles")).ShouldBe([ValidationRules.DuplicateConflict]);
        (await CandlesAsync("AAPL", "1d")).Select(day => day.Ts).ShouldBe(days.Where(day => day != days[7]).Select(day => day.Timestamp));
    }

    [Fact]
    public async Task Stopped_at_any_statement_it_goes_on_and_so_does_its_undoing()
    {
        await TrackAsync("AAPL", "stock", "1d", "1w");
        await EnrichAsync("AAPL");
        var (before, own) = (await SnapshotAsync(), await CandlesAsync("AAPL", "1d"));
        var days = Days(OldFrom, own[10].Ts);
        await ImportAsync("whole", Of("AAPL", BarInterval.OneDay, days));
        var stored = (await SnapshotAsync()).Replace("import:whole", "import:piece", StringComparison.Ordinal);
        await UndoAsync("whole");
        for (var stopAt = 4; stopAt <= 76; stopAt += 12)
        {
            await QueueAsync("piece", Of("AAPL", BarInterval.OneDay, days));
            await RunStoppedAsync(stopAt);
            ShouldBeSame(await SnapshotAsync(), stored, $"stored, stopped at statement {stopAt}");
            (await Imports.UndoAsync("piece", new RunRequest { Trigger = RunTrigger.Import }, Cancellation)).Outcome.ShouldBe(ImportUndoOutcome.Queued);
            await RunStoppedAsync(stopAt);
            ShouldBeSame(await SnapshotAsync(), before, $"undone, stopped at statement {stopAt}");
        }
    }

    [Fact]
    public async Task It_waits_for_what_is_being_enriched_of_the_symbol_and_is_no_job_of_theirs()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"] }, Cancellation);
        var jobs = Services.GetRequiredService<JobStore>();
        var node = Services.GetRequiredService<NodeIdentity>().Id;
        var enriched = (await jobs.ClaimAsync(node, TimeSpan.FromMinutes(5), 3, Cancellation)).ShouldNotBeNull();
        await QueueAsync("beside", Of("AAPL", BarInterval.OneDay, Days(OldFrom, OldFrom.AddDays(30))));

        (await jobs.ClaimAsync(node, TimeSpan.FromMinutes(5), 3, Cancellation)).ShouldBeNull();
        (await Imports.ReadAsync("beside", Cancellation))!.State.ShouldBe("queued");
        using (var lease = Services.GetRequiredService<JobLeases>().Add(enriched.Fence, Time.GetTimestamp(), Cancellation))
            await Services.GetRequiredService<JobRunner>().RunAsync(enriched, lease, Cancellation);
        (await RunNextAsync()).ShouldBeTrue();

        (await Imports.ReadAsync("beside", Cancellation))!.State.ShouldBe("completed");
        (await CandlesAsync("AAPL", "1d")).Select(day => day.Source).Distinct().ShouldBe(["import:beside", "polygon"]);
    }

    [Fact]
    public async Task While_it_waits_a_name_is_neither_taken_nor_undone_and_an_upload_gives_way_to_a_later_one()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var first = (await Imports.BeginAsync("again", "one", Cancellation)).ShouldNotBeNull();
        var second = (await Imports.BeginAsync("again", "two", Cancellation)).ShouldNotBeNull();
        var chunk = Of("AAPL", BarInterval.OneDay, Days(OldFrom, OldFrom.AddDays(30)));
        (await Imports.AddAsync(first, [chunk], Cancellation)).ShouldBeFalse();
        (await Imports.AddAsync(second, [chunk], Cancellation)).ShouldBeTrue();
        var request = new RunRequest { Trigger = RunTrigger.Import };
        (await Imports.FinishAsync(first, "{}", request, Cancellation)).ShouldBeNull();
        (await Imports.FinishAsync(second, "{}", request, Cancellation)).ShouldNotBeNull();

        (await Imports.BeginAsync("again", "three", Cancellation)).ShouldBeNull();
        (await Imports.UndoAsync("again", request, Cancellation)).Outcome.ShouldBe(ImportUndoOutcome.Busy);
        (await Imports.UndoAsync("other", request, Cancellation)).Outcome.ShouldBe(ImportUndoOutcome.Unknown);
    }

    private static ImportChunk Of(string symbol, BarInterval interval, IEnumerable<Candle> candles)
    {
        var all = candles.ToArray();
        return new ImportChunk(Symbol.Parse(symbol), interval, ImportParts.BeginOf(all[0].Timestamp, interval), all);
    }

    private static List<Candle> Days(DateTime from, DateTime to) => [.. TradingCalendar.UsEquities.Expected(from, to, BarInterval.OneDay).Select(Day)];

    private static Candle Day(DateTime date) => new()
    {
        Timestamp = date,
        Open = 20 + date.DayOfYear % 5,
        High = 27,
        Low = 19,
        Close = 21 + date.DayOfYear % 3,
        Volume = 1_000 + date.Day,
    };

    private static Candle Same(CandleRow row) => new()
    {
        Timestamp = DateTime.SpecifyKind(row.Ts, DateTimeKind.Utc),
        Open = row.Open,
        High = row.High,
        Low = row.Low,
        Close = row.Close,
        Volume = row.Volume,
    };

    private async Task<ImportSummary> ImportAsync(string name, params ImportChunk[] chunks)
    {
        await QueueAsync(name, chunks);
        while (await RunNextAsync())
        {
            // Until all is stored.
        }

        return (await Imports.ReadAsync(name, Cancellation)).ShouldNotBeNull();
    }

    private async Task QueueAsync(string name, params ImportChunk[] chunks)
    {
        var upload = (await Imports.BeginAsync(name, "a test", Cancellation)).ShouldNotBeNull();
        (await Imports.AddAsync(upload, chunks, Cancellation)).ShouldBeTrue();
        (await Imports.FinishAsync(upload, "{}", new RunRequest { Trigger = RunTrigger.Import }, Cancellation)).ShouldNotBeNull();
    }

    private async Task UndoAsync(string name)
    {
        (await Imports.UndoAsync(name, new RunRequest { Trigger = RunTrigger.Import }, Cancellation)).Outcome.ShouldBe(ImportUndoOutcome.Queued);
        while (await RunNextAsync())
        {
            // Until all is undone.
        }
    }

    // Tells what differs, and not all the rest.
    private static void ShouldBeSame(string one, string other, string? when = null)
    {
        var (lines, others) = (one.Split('\n'), other.Split('\n'));
        lines.Except(others).Select(line => "+ " + line).Concat(others.Except(lines).Select(line => "- " + line)).Take(10).ShouldBeEmpty(when);
        one.ShouldBe(other, when);
    }

    // Everything that says something of candles, apart from when it was written.
    private async Task<string> SnapshotAsync()
    {
        var lines = new List<string>();
        foreach (var sql in (string[])
        [
            "SELECT (to_jsonb(c) - 'recorded_at')::text FROM candles c ORDER BY symbol, timeframe, ts",
            "SELECT (to_jsonb(g) - '{detected_at,next_ask_at,asked_count,last_asked_at,last_source}'::text[])::text FROM gaps g ORDER BY symbol, timeframe, gap_start",
            "SELECT (to_jsonb(m) - 'updated_at')::text FROM data_quality_metrics m ORDER BY symbol, timeframe, metric_date",
            "SELECT (to_jsonb(f) - 'computed_at')::text FROM latest_features f ORDER BY symbol, timeframe",
            "SELECT (to_jsonb(s) - '{updated_at,feature_epoch,last_fetch_at,out_of_session}'::text[])::text FROM series s ORDER BY id",
            "SELECT (to_jsonb(r) - '{id,job_id}'::text[])::text FROM rejected_candles r ORDER BY symbol, timeframe, ts, reason",
            "SELECT m::text FROM price_level_marks m ORDER BY series_id, ts, rule",
            "SELECT (to_jsonb(x) - 'checked_at')::text FROM cross_checks x ORDER BY symbol, timeframe, day, provider",
            "SELECT concat_ws(' ', symbol, status, health, quality_score, validation_rate, data_completeness, records_available, data_until) FROM symbol_status ORDER BY symbol",
        ])
            lines.AddRange(await QueryAsync<string>(sql));
        foreach (var series in await QueryAsync<string>("SELECT DISTINCT symbol || ' ' || timeframe FROM candles ORDER BY 1"))
        {
            var (symbol, timeframe) = series.Split(' ') is [var one, var two] ? (one, two) : ("", "");
            foreach (var name in (string[])["ema_26", "obv", "atr"])
                lines.AddRange((await FeatureAsync(symbol, timeframe, name, adjusted: true)).Select(value => value?.ToString("R", CultureInfo.InvariantCulture) ?? ""));
        }

        // The database adds up what it averages in the order in which it finds it, which the last digits tell.
        return LastDigits().Replace(string.Join('\n', lines), "");
    }

    [GeneratedRegex(@"(?<=\.\d{12})\d+")]
    private static partial Regex LastDigits();
}
