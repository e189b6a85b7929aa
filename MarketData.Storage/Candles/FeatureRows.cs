using Dapper;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Keeps checkpoints and newest values true to the candles: what follows from a candle that changed goes in the same transaction.</summary>
internal static class FeatureRows
{
    /// <summary>
    /// What goes when the symbol's corporate actions change, or what dividends are measured by: every price before is another one then, and so
    /// everything over adjusted candles. Takes <c>@symbol</c>.
    /// </summary>
    public const string ForgetAdjusted = """
        DELETE FROM feature_checkpoints c USING series s WHERE s.symbol = @symbol AND c.series_id = s.id AND c.is_adjusted;
        DELETE FROM latest_features WHERE symbol = @symbol;
        UPDATE series SET feature_epoch = feature_epoch + 1 WHERE symbol = @symbol;
        """;

    /// <summary>What goes when candles of the series did that came first: features are of what is there. Takes <c>@symbol</c> and <c>@timeframe</c>.</summary>
    public const string ForgetAll = $"""
        DELETE FROM feature_checkpoints c USING series s WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND c.series_id = s.id;
        DELETE FROM latest_features WHERE symbol = @symbol AND timeframe = @timeframe;
        UPDATE series SET feature_epoch = feature_epoch + 1 WHERE symbol = @symbol AND timeframe = @timeframe;
        {BulkMarks.All}
        """;

    private const string ForgetFrom = $"""
        DELETE FROM feature_checkpoints WHERE series_id = @seriesId AND ts >= @changedFrom;
        DELETE FROM latest_features WHERE symbol = @symbol AND timeframe = @timeframe;
        UPDATE series SET feature_epoch = feature_epoch + 1 WHERE id = @seriesId;
        {BulkMarks.From}
        """;

    // Beside those at every so many candles the last few stay: the next run fetches again from some sessions back, and may revise what it gets.
    private const string Replace = """
        INSERT INTO feature_checkpoints (series_id, is_adjusted, ts, candles, state)
        SELECT @seriesId, n.kind, n.ts, n.candles, n.state
        FROM unnest(@kinds::boolean[], @instants::timestamptz[], @candles::integer[], @states::bytea[]) AS n (kind, ts, candles, state)
        ON CONFLICT (series_id, is_adjusted, ts) DO UPDATE SET candles = excluded.candles, state = excluded.state, recorded_at = now();
        DELETE FROM feature_checkpoints c WHERE c.series_id = @seriesId AND c.candles % @spacing <> 0 AND @kept <= (
            SELECT count(*) FROM feature_checkpoints n
            WHERE n.series_id = c.series_id AND n.is_adjusted = c.is_adjusted AND n.candles % @spacing <> 0 AND n.ts > c.ts);
        """;

    private const int LastKept = 5;

    /// <summary>
    /// Whether a dividend is, or may come to be, measured by one of the closes of an interval from <c>@changedFrom</c> on. Takes
    /// <c>@symbol</c> and <c>@timeframe</c>.
    /// </summary>
    public const string IsDividendAfter = """
        SELECT EXISTS (
            SELECT FROM corporate_actions WHERE symbol = @symbol AND kind = 'dividend' AND ex_date > (@changedFrom AT TIME ZONE 'UTC')::date
                AND (@timeframe = '1d' OR coalesce((close_before(@symbol, ex_date, NULL)).timeframe, @timeframe) = @timeframe))
        """;

    /// <summary>Takes away what follows from candles that this write changed, and puts in its place what was computed from them.</summary>
    /// <param name="session">The write.</param>
    /// <param name="changedFrom">Opening instant of the first candle that changed, UTC; null when none did.</param>
    public static async Task StoreAsync(WriteSession session, DateTime? changedFrom)
    {
        var isAdjustedForgotten = false;
        if (changedFrom is not null)
        {
            await session.ExecuteAsync("forget what followed from candles", ForgetFrom, new { changedFrom });
            // What was computed for this write measured dividends by the old closes.
            isAdjustedForgotten = await session.ScalarAsync<bool>("look for later dividends", IsDividendAfter, new { changedFrom });
            if (isAdjustedForgotten)
                await session.ExecuteAsync("forget adjusted features", ForgetAdjusted);
        }

        if (session.Write.Features is not { } progress || progress.Epoch != session.FeatureEpoch)
            return;
        if (isAdjustedForgotten)
            progress = progress with { Checkpoints = [.. progress.Checkpoints.Where(one => !one.IsAdjusted)], Latest = null };
        await SaveAsync(session.Connection, session.Transaction, (session.SeriesId, session.Symbol, session.Timeframe), progress, session.Cancellation);
    }

    /// <summary>Stores what a computation left behind, which nothing that it followed from has changed since.</summary>
    public static async Task SaveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, (int Id, string Symbol, string Timeframe) series, FeatureProgress progress,
        CancellationToken cancellation)
    {
        var sql = progress.Checkpoints.Count > 0 ? Replace : "";
        var arguments = new DynamicParameters(new
        {
            seriesId = series.Id,
            symbol = series.Symbol,
            timeframe = series.Timeframe,
            spacing = FeatureRun.Spacing,
            kept = LastKept,
            kinds = progress.Checkpoints.Select(one => one.IsAdjusted).ToArray(),
            instants = progress.Checkpoints.Select(one => one.Ts).ToArray(),
            candles = progress.Checkpoints.Select(one => one.Candles).ToArray(),
            states = progress.Checkpoints.Select(one => one.State).ToArray(),
        });
        if (progress.Latest is { } latest)
            sql += Latest(latest, arguments);
        if (sql.Length > 0)
            await connection.ExecuteAsync(Sql.Command("save feature checkpoints", sql, arguments, cancellation, transaction));
    }

    private static string Latest(LatestFeatures latest, DynamicParameters arguments)
    {
        arguments.Add("latestTs", latest.Ts);
        foreach (var (feature, value) in latest.Values)
            arguments.Add("f_" + feature.Name, Value(feature, value));
        var names = latest.Values.Select(one => one.Feature.Name).ToArray();
        return $"""
            INSERT INTO latest_features (symbol, timeframe, ts, {string.Join(", ", names)})
            VALUES (@symbol, @timeframe, @latestTs, {string.Join(", ", names.Select(name => "@f_" + name))})
            ON CONFLICT (symbol, timeframe) DO UPDATE SET ts = excluded.ts, computed_at = now(),
                {string.Join(", ", names.Select(name => $"{name} = excluded.{name}"))};
            """;
    }

    private static object? Value(Feature feature, double value) =>
        double.IsNaN(value) ? (feature.Labels.Count > 0 ? (string?)null : (double?)null) : feature.Labels.Count > 0 ? feature.LabelOf(value) : value;
}
