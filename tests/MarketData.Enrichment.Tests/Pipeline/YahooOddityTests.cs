using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What Yahoo is known for, and what becomes of it in the store. The index is served by Yahoo alone.</summary>
public sealed class YahooOddityTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime LastClosed = new(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("null_rows")]
    [InlineData("null_prices")]
    public async Task A_null_row_is_a_gap_that_is_filled_when_the_provider_has_it(string kind)
    {
        await TrackAsync("^GSPC", "stock", "1d");
        var day = new DateTimeOffset(2026, 11, 12, 0, 0, 0, TimeSpan.Zero);
        await FaultAsync(new { kind, provider = "yahoo", symbol = "^GSPC", from = day, to = day.AddDays(1) });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");

        (await CandlesAsync("^GSPC", "1d")).ShouldNotContain(candle => candle.Ts == day.UtcDateTime);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
        (await QueryAsync<DateTime>("SELECT gap_start FROM gaps")).ShouldBe([day.UtcDateTime]);

        await RepairAsync();
        await MakeGapsDueAsync();
        await EnrichAsync("^GSPC");
        (await CandlesAsync("^GSPC", "1d")).ShouldContain(candle => candle.Ts == day.UtcDateTime && candle.Volume > 0);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Theory]
    [InlineData("forming_bar")]
    [InlineData("today_twice")]
    public async Task Todays_bar_is_not_stored_while_it_forms_however_often_it_comes(string kind)
    {
        await TrackAsync("^GSPC", "stock", "1d", "1h");
        await FaultAsync(new { kind, provider = "yahoo", symbol = "^GSPC" });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");

        (await CandlesAsync("^GSPC", "1d"))[^1].Ts.ShouldBe(LastClosed);
        (await CandlesAsync("^GSPC", "1h"))[^1].Ts.ShouldBe(new DateTime(2026, 11, 18, 17, 30, 0, DateTimeKind.Utc));
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Fact]
    public async Task After_the_close_the_bar_of_the_opening_counts_and_not_that_of_the_last_trade()
    {
        await TrackAsync("^GSPC", "stock", "1d");
        Time.Set(new DateTimeOffset(2026, 11, 18, 22, 0, 0, TimeSpan.Zero));
        await FaultAsync(new { kind = "today_twice", provider = "yahoo", symbol = "^GSPC" });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");

        (await CandlesAsync("^GSPC", "1d")).Count(candle => candle.Ts == LastClosed.AddDays(1)).ShouldBe(1);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Fact]
    public async Task The_current_week_in_two_rows_is_not_stored_before_its_end()
    {
        await TrackAsync("^GSPC", "stock", "1w");
        await FaultAsync(new { kind = "week_in_two_rows", provider = "yahoo", symbol = "^GSPC" });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");

        var weeks = await CandlesAsync("^GSPC", "1w");
        weeks[^1].Ts.ShouldBe(new DateTime(2026, 11, 9, 0, 0, 0, DateTimeKind.Utc));
        weeks.ShouldAllBe(week => week.Ts.DayOfWeek == DayOfWeek.Monday && week.Ts.TimeOfDay == TimeSpan.Zero);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Fact]
    public async Task A_day_is_fetched_again_until_the_next_session_has_opened_and_its_revision_is_kept()
    {
        await TrackAsync("^GSPC", "stock", "1d");
        var yesterday = new DateTimeOffset(LastClosed, TimeSpan.Zero);
        // In the evening of the 17th its bar is provisional.
        Time.Set(new DateTimeOffset(2026, 11, 17, 22, 0, 0, TimeSpan.Zero));
        await FaultAsync(new { kind = "revised_prices", provider = "yahoo", symbol = "^GSPC", from = yesterday, to = yesterday.AddDays(1), factor = 1.002 });
        await EnrichAsync("^GSPC");
        var provisional = (await CandlesAsync("^GSPC", "1d")).Single(candle => candle.Ts == LastClosed);
        (await ScalarAsync<DateTime>("SELECT final_through FROM series")).ShouldBe(LastClosed.AddDays(-1));

        await RepairAsync();
        Time.Set(MidSession);
        (await EnrichAsync("^GSPC")).Updated.ShouldBe(1);
        var final = (await CandlesAsync("^GSPC", "1d")).Single(candle => candle.Ts == LastClosed);
        final.Close.ShouldBe(provisional.Close / 1.002, 0.01);
        (await QueryAsync<double>("SELECT close FROM candle_revisions WHERE ts = @LastClosed AND replaced_at > recorded_at", new { LastClosed })).ShouldBe([provisional.Close]);
        (await ScalarAsync<DateTime>("SELECT final_through FROM series")).ShouldBe(LastClosed);
    }

    [Fact]
    public async Task The_overlap_takes_in_corrections_of_the_last_three_sessions()
    {
        await TrackAsync("^GSPC", "stock", "1d");
        await EnrichAsync("^GSPC");
        await FaultAsync(new { kind = "revised_prices", provider = "yahoo", symbol = "^GSPC", from = LastClosed.AddDays(-5), to = LastClosed.AddDays(1), factor = 1.001 });
        (await EnrichAsync("^GSPC")).Updated.ShouldBe(4);
        (await QueryAsync<DateTime>("SELECT ts FROM candle_revisions ORDER BY ts")).ShouldBe(
            [LastClosed.AddDays(-5), LastClosed.AddDays(-4), LastClosed.AddDays(-1), LastClosed]);
    }

    [Theory]
    [InlineData("1d")]
    [InlineData("1d", "1w")]
    [InlineData("1d", "1h", "1w")]
    public async Task An_unknown_symbol_fails_for_good_and_says_so(params string[] timeframes)
    {
        await TrackAsync("NOSUCH^X", "stock", timeframes);
        var job = await EnrichAsync("NOSUCH^X");

        (job.Status, job.Kind, job.Attempt).ShouldBe(("failed", "permanent", 1));
        job.Message.ShouldNotBeNull().ShouldContain("symbol may be delisted");
        job.Advice.ShouldNotBeNull().ShouldContain("spelling");
    }
}
