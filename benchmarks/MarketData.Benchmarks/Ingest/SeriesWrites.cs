using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Benchmarks.Ingest;

/// <summary>What the pipeline hands to the store for one symbol: scored candles with everything that is recorded beside them.</summary>
internal static class SeriesWrites
{
    /// <summary>Candles of a stock, of five minutes unless told otherwise.</summary>
    public static SeriesWrite Of(int number, int bars, BarInterval interval = BarInterval.FiveMinutes)
    {
        var instrument = new Instrument(Symbol.Parse($"BENCH{number}"), AssetClass.Stock);
        var candles = RandomWalk.Candles(AssetClass.Stock, interval, bars, seed: number + 1);
        var calendar = TradingCalendar.UsEquities;
        return new SeriesWrite
        {
            Instrument = instrument,
            Interval = interval,
            JobId = Guid.NewGuid(),
            Source = "polygon",
            Candles = Array.ConvertAll(candles, static candle => new StoredCandle(candle, "polygon", CandleIssues.None, 1)),
            GapRange = (candles[0].Timestamp, candles[^1].Timestamp),
            AskedRange = (candles[0].Timestamp, candles[^1].Timestamp),
            ExpectedByDate = candles.CountBy(candle => calendar.DateOf(candle.Timestamp, interval)).ToDictionary(),
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
