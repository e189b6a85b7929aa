using Dapper;
using MarketData.Domain.Validation;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads what is known of the quality of a symbol's data.</summary>
public sealed class QualityReader(NpgsqlDataSource database)
{
    // Rules that find the candle itself odd; a gap before it or a fallback provider says nothing of it.
    private static readonly string AnomalyRules =
        $"ARRAY[{string.Join(", ", ValidationRules.Notes(ValidationRules.Anomalies)!.Select(rule => $"'{rule}'"))}]";

    private static readonly string Quality = $"""
        SELECT timeframe, metric_date, total_records, validated_records, rejected_records, expected_records, validation_rate, gaps_detected,
               anomalies_detected, avg_quality_score, data_completeness
        FROM data_quality_metrics
        WHERE symbol = @Symbol AND timeframe = ANY (@Timeframes) AND metric_date BETWEEN @Start AND @End
        ORDER BY metric_date, timeframe;

        SELECT timeframe, gap_start AS start, gap_end AS "end", missing AS length, detected_at, asked_count, last_asked_at, last_source, next_ask_at
        FROM gaps
        WHERE symbol = @Symbol AND timeframe = ANY (@Timeframes) AND gap_end >= @StartAt AND gap_start < @EndAt
        ORDER BY gap_start DESC, timeframe LIMIT @Limit;

        SELECT timeframe, ts AS timestamp, close, volume, source, quality_score, validation_notes
        FROM candles
        WHERE symbol = @Symbol AND timeframe = ANY (@Timeframes) AND ts >= @StartAt AND ts < @EndAt AND validation_notes && {AnomalyRules}
        ORDER BY ts DESC, timeframe LIMIT @Limit;

        SELECT timeframe, ts AS timestamp, open, high, low, close, volume, source, reason, detail, first_seen_at, last_seen_at, times_seen
        FROM rejected_candles
        WHERE symbol = @Symbol AND timeframe = ANY (@Timeframes)
            AND (ts IS NULL OR ts >= @StartAt AND ts < @EndAt OR last_seen_at >= @StartAt AND last_seen_at < @EndAt)
        ORDER BY ts DESC NULLS LAST, id DESC LIMIT @Limit;
        """;

    /// <summary>Reads it for whole days.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="timeframes">The intervals.</param>
    /// <param name="start">The first day.</param>
    /// <param name="end">The last day.</param>
    /// <param name="limit">Rows of each list at most, other than the daily metrics.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<QualityRows> ReadAsync(
        string symbol, IReadOnlyCollection<string> timeframes, DateOnly start, DateOnly end, int limit, CancellationToken cancellation)
    {
        var arguments = new
        {
            Symbol = symbol,
            Timeframes = timeframes.ToArray(),
            Start = start,
            End = end,
            StartAt = start.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            EndAt = end.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            Limit = limit,
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read data quality", Quality, arguments, cancellation));
        var rows = new QualityRows(
            Daily: (await results.ReadAsync<DailyQuality>()).AsList(),
            Gaps: (await results.ReadAsync<GapSpan>()).AsList(),
            Anomalies: (await results.ReadAsync<Anomaly>()).AsList(),
            Rejected: (await results.ReadAsync<RejectedBar>()).AsList(),
            Revisions: []);
        return rows with { Revisions = await RevisionRows.ReadAsync(connection, arguments, symbol, cancellation) };
    }

    /// <summary>Reads a symbol's splits and dividends, newest first.</summary>
    public async Task<IReadOnlyList<CorporateAction>> ReadActionsAsync(string symbol, CancellationToken cancellation)
    {
        const string actions = """
            SELECT kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source, recorded_at FROM corporate_actions
            WHERE symbol = @symbol ORDER BY ex_date DESC, kind
            """;
        return await database.QueryAsync<CorporateAction>("read corporate actions", actions, new { symbol }, cancellation);
    }

    /// <summary>Reads what providers told of a symbol's splits and dividends, newest first, and what became of it.</summary>
    public async Task<IReadOnlyList<CorporateActionReport>> ReadActionReportsAsync(string symbol, CancellationToken cancellation)
    {
        const string reports = """
            SELECT id, CASE WHEN cash_amount IS NULL THEN 'split' ELSE 'dividend' END AS kind, provider, ex_date, ratio_from, ratio_to, cash_amount, currency,
                   record_date, pay_date, CASE WHEN withdrawn_at IS NULL OR decision = 'confirmed' THEN state ELSE 'withdrawn' END AS state, reason,
                   first_seen_at, last_seen_at, withdrawn_at, decision, decided_ex_date, decided_by, decided_at
            FROM corporate_action_reports WHERE symbol = @symbol ORDER BY ex_date DESC, id
            """;
        return await database.QueryAsync<CorporateActionReport>("read corporate action reports", reports, new { symbol }, cancellation);
    }
}
