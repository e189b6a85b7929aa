using System.Globalization;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A backfill before stored candles that is stopped at any of its statements, and gone on with, leaves what one leaves that was not.</summary>
public sealed class KilledBackfillTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime From = new(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime To = new(2026, 6, 25, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Whatever_statement_it_was_stopped_at_nothing_is_missing()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var (expected, statements) = await BackfillAsync(stopAt: null);
        statements.ShouldBeGreaterThan(20);
        for (var stopAt = 1; stopAt <= statements; stopAt++)
            (await BackfillAsync(stopAt)).Stored.ShouldBe(expected, $"stopped at statement {stopAt} of {statements}");
    }

    // Everything from the beginning, up to the end of the job, however often it is taken up.
    private async Task<(string Stored, int Statements)> BackfillAsync(int? stopAt)
    {
        await ExecuteAsync(
            """
            TRUNCATE bars_1d, series, candle_revisions, data_quality_metrics, gaps, backfill_state, corporate_actions,
                corporate_action_reports, corporate_action_history, enrichment_jobs, enrichment_history CASCADE;
            UPDATE symbols SET actions_checked_at = NULL;
            """);
        await EnrichAsync("AAPL");
        await new RunStore(Database).CreateAsync(
            new RunRequest { Trigger = RunTrigger.Backfill, Symbols = ["AAPL"], From = From, To = To }, Cancellation);
        var statements = await RunStoppedAsync(stopAt);

        (await QueryAsync<string>("SELECT DISTINCT status FROM enrichment_jobs")).ShouldBe(["succeeded"]);
        return (await StoredAsync(), statements);
    }

    private async Task<string> StoredAsync()
    {
        var candles = await QueryAsync<string>("SELECT (to_jsonb(c) - 'recorded_at')::text FROM candles c ORDER BY ts");
        var features = new List<string>();
        foreach (var name in (string[])["ema_26", "obv", "rsi_14", "macd_signal"])
            features.AddRange((await FeatureAsync("AAPL", "1d", name, adjusted: true)).Select(value => value?.ToString("R", CultureInfo.InvariantCulture) ?? ""));
        var latest = await QueryAsync<string>("SELECT (to_jsonb(f) - 'computed_at')::text FROM latest_features f");
        return string.Join('\n', [.. candles, .. features, .. latest]);
    }
}
