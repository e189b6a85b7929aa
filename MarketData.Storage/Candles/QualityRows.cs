using System.Globalization;
using System.Text;
using MarketData.Domain.Validation;

namespace MarketData.Storage.Candles;

/// <summary>Computes the quality of each date touched, and of the whole series as the sum of its dates.</summary>
internal static class QualityRows
{
    /// <summary>The end of an <c>UPDATE series s SET …</c>: what is the sum of the series' dates. Takes <c>@symbol</c> and <c>@timeframe</c>.</summary>
    public const string SumsOfDates = """
        records = q.records, validated_records = q.validated, expected_records = q.expected, rejected_records = q.rejected,
            completeness = CASE WHEN q.expected > 0 THEN least(q.records::float8 / q.expected, 1) END,
            validation_rate = q.validated::float8 / nullif(q.records, 0),
            avg_candle_score = q.score,
            quality_score = CASE WHEN q.expected > 0 THEN q.score * least(q.records::float8 / q.expected, 1) END,
            updated_at = now()
        FROM (
            SELECT coalesce(sum(total_records), 0) AS records, coalesce(sum(validated_records), 0) AS validated,
                   coalesce(sum(expected_records), 0) AS expected, coalesce(sum(rejected_records), 0) AS rejected,
                   sum(avg_quality_score * total_records) / nullif(sum(total_records), 0) AS score
            FROM data_quality_metrics WHERE symbol = @symbol AND timeframe = @timeframe) q
        WHERE s.symbol = @symbol AND s.timeframe = @timeframe
        """;

    // Of the table that holds the interval's candles, {0}; the bits of those that count as validated, {1}, and as anomalies, {2}. Candles are counted
    // first, by day and issues, of which there are few: the rest is computed for each of these.
    private const string Days = """
        INSERT INTO data_quality_metrics AS m (
            symbol, timeframe, metric_date, total_records, validated_records, rejected_records, expected_records, validation_rate,
            gaps_detected, anomalies_detected, avg_quality_score, data_completeness)
        SELECT @symbol, @timeframe, d.date, coalesce(c.total, 0), coalesce(c.validated, 0), coalesce(r.rejected, 0), d.expected,
               c.validated::float8 / nullif(c.total, 0), coalesce(g.gaps, 0), coalesce(c.anomalies, 0), c.score,
               CASE WHEN d.expected > 0 THEN least(coalesce(c.total, 0)::float8 / d.expected, 1) END
        FROM unnest(@dates::date[], @expected::integer[]) AS d (date, expected)
        LEFT JOIN (
            SELECT (day AT TIME ZONE 'UTC')::date AS date, sum(candles)::integer AS total,
                   coalesce(sum(candles) FILTER (WHERE issues & {1} <> 0), 0)::integer AS validated,
                   coalesce(sum(candles) FILTER (WHERE issues & {2} <> 0), 0)::integer AS anomalies,
                   sum(candles * candle_score(issues)) / sum(candles)::float8 AS score
            FROM (
                SELECT date_bin('1 day', ts, '2000-01-01Z') AS day, issues, count(*) AS candles
                FROM {0} WHERE series_id = @seriesId AND ts >= @first AND ts < @last GROUP BY 1, 2) counted
            GROUP BY 1) c USING (date)
        LEFT JOIN (
            SELECT (gap_start AT TIME ZONE 'UTC')::date AS date, count(*)::integer AS gaps
            FROM gaps WHERE symbol = @symbol AND timeframe = @timeframe AND gap_start >= @first AND gap_start < @last GROUP BY 1) g USING (date)
        LEFT JOIN (
            SELECT (ts AT TIME ZONE 'UTC')::date AS date, count(*)::integer AS rejected
            FROM rejected_candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts >= @first AND ts < @last GROUP BY 1) r USING (date)
        ON CONFLICT (symbol, timeframe, metric_date) DO UPDATE SET
            total_records = excluded.total_records, validated_records = excluded.validated_records, rejected_records = excluded.rejected_records,
            expected_records = excluded.expected_records, validation_rate = excluded.validation_rate, gaps_detected = excluded.gaps_detected,
            anomalies_detected = excluded.anomalies_detected, avg_quality_score = excluded.avg_quality_score,
            data_completeness = excluded.data_completeness, updated_at = now()
        WHERE (m.total_records, m.validated_records, m.rejected_records, m.expected_records, m.gaps_detected, m.anomalies_detected, m.avg_quality_score)
            IS DISTINCT FROM (excluded.total_records, excluded.validated_records, excluded.rejected_records, excluded.expected_records,
                              excluded.gaps_detected, excluded.anomalies_detected, excluded.avg_quality_score);
        """;

    private const string Series = $"""
        UPDATE series s SET
            first_ts = least(s.first_ts, @firstCandle), last_ts = greatest(s.last_ts, @lastCandle),
            final_through = greatest(s.final_through, @finalThrough),
            provisional_from = CASE
                WHEN @isProvisional THEN least(s.provisional_from, @askedFrom)
                WHEN NOT @isProvisional AND s.provisional_from >= @askedFrom AND s.provisional_from < @askedTo
                    THEN CASE WHEN @askedTo <= greatest(s.last_ts, @lastCandle) THEN @askedTo END
                ELSE s.provisional_from END,
            out_of_session = s.out_of_session + @outOfSession,
            last_fetch_at = CASE WHEN @isFetch THEN now() ELSE s.last_fetch_at END,
            last_source = CASE WHEN @isFetch THEN @source ELSE s.last_source END,
            {SumsOfDates};
        """;

    private const string End = """
        DELETE FROM data_quality_metrics
        WHERE symbol = @symbol AND timeframe = @timeframe AND metric_date > @lastDate AND total_records = 0;
        """;

    private static readonly CompositeFormat DaysOfInterval = CompositeFormat.Parse(Days);

    public static async Task StoreAsync(WriteSession session)
    {
        var (write, candles, dates) = (session.Write, session.Write.Candles, session.Write.ExpectedByDate);
        var days = string.Format(
            CultureInfo.InvariantCulture, DaysOfInterval, CandleTables.Bars(write.Interval), CandleTables.Validated, (int)ValidationRules.Anomalies);
        await session.ExecuteAsync("update data quality", (dates.Count > 0 ? days : "") + (write.LastDate is null ? "" : End) + Series, new
        {
            lastDate = write.LastDate,
            dates = dates.Keys.ToArray(),
            expected = dates.Values.ToArray(),
            first = dates.Count > 0 ? dates.Keys.Min().ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : (DateTime?)null,
            last = dates.Count > 0 ? dates.Keys.Max().AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : (DateTime?)null,
            firstCandle = candles.IsEmpty ? (DateTime?)null : candles.Span[0].Candle.Timestamp,
            lastCandle = candles.IsEmpty ? (DateTime?)null : candles.Span[^1].Candle.Timestamp,
            finalThrough = write.FinalThrough,
            isProvisional = write.IsProvisional,
            askedFrom = write.AskedRange?.From,
            askedTo = write.AskedRange?.To,
            outOfSession = write.OutOfSession,
            isFetch = write.FetchLog is not null,
            source = write.Source,
        });
    }
}
