using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Benchmarks.Ingest;

/// <summary>What the pipeline hands to the store for one symbol: scored candles with everything that is recorded beside them.</summary>
internal static class SeriesWrites
{
    /// <summary>Five-minute candles of a stock.</summary>
    public static SeriesWrite Of(int number, int bars, bool withFeatures, DateTime? start = null)
    {
        var instrument = new Instrument(Symbol.Parse($"BENCH{number}"), AssetClass.Stock);
        var candles = RandomWalk.Candles(AssetClass.Stock, BarInterval.FiveMinutes, bars, seed: number + 1, start);
        var calendar = TradingCalendar.UsEquities;
        var engine = new FeatureEngine(instrument.AssetClass, BarInterval.FiveMinutes);
        var table = new FeatureTable(engine.Features);
        if (withFeatures)
            engine.Append(candles, table);
        return new SeriesWrite
        {
            Instrument = instrument,
            Interval = BarInterval.FiveMinutes,
            JobId = Guid.NewGuid(),
            Source = "polygon",
            Candles = Array.ConvertAll(candles, static candle => new StoredCandle(candle, "polygon", CandleIssues.None, 1)),
            Features = withFeatures ? table : null,
            FeatureState = withFeatures ? engine.SaveState() : null,
            FeatureStateTs = candles[^1].Timestamp,
            GapRange = (candles[0].Timestamp, candles[^1].Timestamp),
            AskedRange = (candles[0].Timestamp, candles[^1].Timestamp),
            ExpectedByDate = candles.CountBy(candle => calendar.DateOf(candle.Timestamp, BarInterval.FiveMinutes)).ToDictionary(),
            FinalThrough = candles[^1].Timestamp,
            FetchLog = new FetchLogEntry { Source = "polygon", RecordsFetched = bars, ResponseTime = TimeSpan.FromMilliseconds(100) },
            ComputeLog = [new ComputeLogEntry("universal", bars * 19, TimeSpan.FromMilliseconds(1))],
        };
    }

    /// <summary>Registers the symbols that the writes are of.</summary>
    public static Task RegisterAsync(BenchmarkDatabase database, IEnumerable<SeriesWrite> writes, CancellationToken cancellation) =>
        database.ExecuteAsync(
            "INSERT INTO symbols (symbol, asset_class, timeframes) VALUES "
            + string.Join(", ", writes.Select(write => $"('{write.Instrument.Symbol.Value}', 'stock', '{{5m}}')")) + " ON CONFLICT DO NOTHING",
            cancellation);
}
