namespace MarketData.Storage.Candles;

/// <summary>Keeps what is missing, and when to ask for it again: after a day, a week, a month, then no more.</summary>
internal static class GapRows
{
    private const string Replace = """
        DELETE FROM gaps WHERE symbol = @symbol AND timeframe = @timeframe AND gap_start > @after AND gap_start < @before
            AND gap_start <> ALL (@starts);
        INSERT INTO gaps AS g (symbol, timeframe, gap_start, gap_end, missing, next_ask_at)
        SELECT @symbol, @timeframe, n.gap_start, n.gap_end, n.missing, CASE WHEN NOT @isBuilt THEN now() + interval '1 day' END
        FROM unnest(@starts::timestamptz[], @ends::timestamptz[], @missing::integer[]) AS n (gap_start, gap_end, missing)
        ON CONFLICT (symbol, timeframe, gap_start) DO UPDATE SET gap_end = excluded.gap_end, missing = excluded.missing
            WHERE (g.gap_end, g.missing) IS DISTINCT FROM (excluded.gap_end, excluded.missing);
        """;

    // A gap first seen in this transaction was asked for only as part of the whole.
    private const string Asked = """
        UPDATE gaps SET
            asked_count = asked_count + 1, last_asked_at = now(), last_source = @source,
            next_ask_at = CASE asked_count WHEN 0 THEN now() + interval '7 days' WHEN 1 THEN now() + interval '30 days' END
        WHERE symbol = @symbol AND timeframe = @timeframe AND gap_start >= @askedFrom AND gap_end < @askedTo
          AND detected_at < now() AND next_ask_at <= now();
        """;

    public static async Task StoreAsync(WriteSession session)
    {
        var write = session.Write;
        if (write.GapRange is null && write.AskedRange is null)
            return;
        await session.ExecuteAsync("save gaps", (write.GapRange is null ? "" : Replace) + (write.AskedRange is null ? "" : Asked), new
        {
            after = write.GapRange?.After,
            before = write.GapRange?.Before,
            starts = write.Gaps.Select(gap => gap.Start).ToArray(),
            ends = write.Gaps.Select(gap => gap.End).ToArray(),
            missing = write.Gaps.Select(gap => gap.Missing).ToArray(),
            askedFrom = write.AskedRange?.From,
            askedTo = write.AskedRange?.To,
            source = write.Source,
            isBuilt = write.IsBuilt,
        });
    }
}
