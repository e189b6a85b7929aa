namespace MarketData.Storage.Candles;

/// <summary>Tells those who listen that candles of a series are new or revised: one event for a write, however many candles it has.</summary>
internal static class CandleEvents
{
    private const string Publish = """
        SELECT publish_event('candle', jsonb_build_object(
            'symbol', @symbol, 'timeframe', @timeframe, 'job_id', @jobId, 'inserted', @Inserted, 'updated', @Updated,
            'from', event_time(@changedFrom), 'candle', jsonb_build_object(
                'timestamp', event_time(@to), 'open', @Open, 'high', @High, 'low', @Low, 'close', @Close, 'volume', @Volume, 'vwap', @Vwap,
                'source', @Source, 'is_validated', @isValidated, 'quality_score', @Score)))
        """;

    /// <summary>After candles of the write that are new or have other values, from an instant on; null when there are none.</summary>
    public static async Task PublishAsync(WriteSession session, WriteResult result, DateTime? changedFrom)
    {
        if (changedFrom is null)
            return;
        var newest = session.Write.Candles.Span[^1];
        var values = new
        {
            result.Inserted,
            result.Updated,
            changedFrom,
            newest.Candle.Open,
            newest.Candle.High,
            newest.Candle.Low,
            newest.Candle.Close,
            newest.Candle.Volume,
            Vwap = double.IsNaN(newest.Candle.Vwap) ? (double?)null : newest.Candle.Vwap,
            newest.Source,
            isValidated = newest.Score >= session.Write.MinimumScore,
            newest.Score,
        };
        await session.ScalarAsync<object>("publish candle event", Publish, values);
    }
}
