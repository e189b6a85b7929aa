using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads what was replaced, and by what.</summary>
internal static class RevisionRows
{
    // What came next is another revision, which began in the transaction that ended this one; else what is on record.
    private const string Revisions = """
        SELECT r.timeframe, r.ts AS timestamp, r.recorded_at, r.replaced_at, r.open, r.high, r.low, r.close, r.volume, r.source, r.quality_score,
               r.job_id, (SELECT h.trigger FROM enrichment_history h WHERE h.job_id = r.job_id) AS trigger, y.asset_class,
               n.recorded_at = r.replaced_at AS is_followed, n.open AS next_open, n.high AS next_high, n.low AS next_low, n.close AS next_close,
               n.volume AS next_volume, n.source AS next_source, n.quality_score AS next_quality_score
        FROM (
            SELECT * FROM candle_revisions
            WHERE symbol = @Symbol AND timeframe = ANY (@Timeframes)
                AND (ts >= @StartAt AND ts < @EndAt OR replaced_at >= @StartAt AND replaced_at < @EndAt)
            ORDER BY replaced_at DESC, ts DESC, timeframe LIMIT @Limit) r
        JOIN symbols y ON y.symbol = r.symbol
        LEFT JOIN LATERAL (
            SELECT * FROM candle_revisions n
            WHERE n.symbol = r.symbol AND n.timeframe = r.timeframe AND n.ts = r.ts AND n.replaced_at > r.replaced_at
            ORDER BY n.replaced_at LIMIT 1) n ON true
        ORDER BY r.replaced_at DESC, r.ts DESC, r.timeframe
        """;

    // One interval a statement: the planner then leaves out the tables of the others, and the parts without these instants.
    private const string OnRecord = """
        SELECT ts AS timestamp, recorded_at, open, high, low, close, volume, source, quality_score FROM candles
        WHERE symbol = @symbol AND timeframe = @timeframe AND ts = ANY (@instants)
        """;

    /// <summary>Reads the last that were replaced.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="arguments">Which: those of the report.</param>
    /// <param name="symbol">The symbol.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<IReadOnlyList<Revision>> ReadAsync(
        NpgsqlConnection connection, object arguments, string symbol, CancellationToken cancellation)
    {
        var rows = (await connection.QueryAsync<Row>(Sql.Command("read revisions", Revisions, arguments, cancellation))).AsList();
        var present = new Dictionary<(string, DateTime), RevisedValues>();
        foreach (var interval in rows.Where(row => row.IsFollowed != true).GroupBy(row => row.Timeframe))
        {
            var which = new { symbol, timeframe = interval.Key, instants = interval.Select(row => row.Timestamp).Distinct().ToArray() };
            foreach (var candle in await connection.QueryAsync<Present>(Sql.Command("read revised candles", OnRecord, which, cancellation)))
            {
                // A candle that was removed and came again later did not replace what was there before.
                if (interval.Any(row => row.Timestamp == candle.Timestamp && row.ReplacedAt == candle.RecordedAt))
                    present[(interval.Key, candle.Timestamp)] = candle.Values;
            }
        }

        return rows.ConvertAll(row => row.Revision(present.GetValueOrDefault((row.Timeframe, row.Timestamp))));
    }

    private sealed record Present
    {
        public required DateTime Timestamp { get; init; }

        public required DateTime RecordedAt { get; init; }

        public required double Open { get; init; }

        public required double High { get; init; }

        public required double Low { get; init; }

        public required double Close { get; init; }

        public required double Volume { get; init; }

        public required string Source { get; init; }

        public required double QualityScore { get; init; }

        public RevisedValues Values => new(Open, High, Low, Close, Volume, Source, QualityScore);
    }

    private sealed record Row
    {
        public required string Timeframe { get; init; }

        public required DateTime Timestamp { get; init; }

        public required DateTime RecordedAt { get; init; }

        public required DateTime ReplacedAt { get; init; }

        public required double Open { get; init; }

        public required double High { get; init; }

        public required double Low { get; init; }

        public required double Close { get; init; }

        public required double Volume { get; init; }

        public required string Source { get; init; }

        public required double QualityScore { get; init; }

        public Guid? JobId { get; init; }

        public string? Trigger { get; init; }

        public required string AssetClass { get; init; }

        public bool? IsFollowed { get; init; }

        public double? NextOpen { get; init; }

        public double? NextHigh { get; init; }

        public double? NextLow { get; init; }

        public double? NextClose { get; init; }

        public double? NextVolume { get; init; }

        public string? NextSource { get; init; }

        public double? NextQualityScore { get; init; }

        public Revision Revision(RevisedValues? present)
        {
            var after = IsFollowed == true
                ? new(NextOpen!.Value, NextHigh!.Value, NextLow!.Value, NextClose!.Value, NextVolume!.Value, NextSource!, NextQualityScore!.Value)
                : present;
            return new Revision
            {
                Timeframe = Timeframe,
                Timestamp = Timestamp,
                RecordedAt = RecordedAt,
                ReplacedAt = ReplacedAt,
                Open = Open,
                High = High,
                Low = Low,
                Close = Close,
                Volume = Volume,
                Source = Source,
                QualityScore = QualityScore,
                Cause = ChangeCause.Of(Source, after?.Source, Trigger, ChangeCause.IsBuilt(AssetClass, Timeframe)),
                JobId = JobId,
                Trigger = Trigger,
                After = after,
            };
        }
    }
}
