namespace MarketData.Storage.Candles;

/// <summary>Puts bars that broke a structural rule on record; the same bar seen again only counts up.</summary>
internal static class RejectedBars
{
    private const string Upsert = """
        INSERT INTO rejected_candles AS r (symbol, timeframe, ts, open, high, low, close, volume, source, reason, detail, job_id, times_seen)
        SELECT @symbol, @timeframe, b.ts, b.open, b.high, b.low, b.close, b.volume, @source, b.reason, min(b.detail), @jobId, count(*)
        FROM unnest(@ts::timestamptz[], @open::float8[], @high::float8[], @low::float8[], @close::float8[], @volume::float8[], @reason::text[], @detail::text[])
            AS b (ts, open, high, low, close, volume, reason, detail)
        GROUP BY b.ts, b.open, b.high, b.low, b.close, b.volume, b.reason
        ON CONFLICT (symbol, timeframe, ts, source, reason, open, high, low, close, volume)
            DO UPDATE SET last_seen_at = now(), times_seen = r.times_seen + excluded.times_seen, job_id = excluded.job_id
        """;

    public static async Task StoreAsync(WriteSession session)
    {
        var bars = session.Write.Rejected;
        if (bars.Count == 0)
            return;
        await session.ExecuteAsync("save rejected candles", Upsert, new
        {
            source = session.Write.Source,
            ts = bars.Select(bar => bar.Timestamp).ToArray(),
            open = bars.Select(bar => Known(bar.Open)).ToArray(),
            high = bars.Select(bar => Known(bar.High)).ToArray(),
            low = bars.Select(bar => Known(bar.Low)).ToArray(),
            close = bars.Select(bar => Known(bar.Close)).ToArray(),
            volume = bars.Select(bar => Known(bar.Volume)).ToArray(),
            reason = bars.Select(bar => bar.Reason).ToArray(),
            detail = bars.Select(bar => bar.Detail).ToArray(),
        });
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
