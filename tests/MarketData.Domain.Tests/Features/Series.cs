using CsCheck;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Domain.Tests.Features;

/// <summary>Series to compute features on, and their features.</summary>
internal static class Series
{
    private static readonly DateTime Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A random walk on the instrument's calendar, with some candles missing.</summary>
    public static Gen<Candle[]> Random(Instrument instrument, BarInterval interval, int count) =>
        Gen.Select(Gen.Double[-0.05, 0.05].Array[count], Gen.Double[0, 1000].Array[count], Gen.Int[0, 30].Array[count])
            .Select((steps, volumes, luck) => Walk(instrument, interval, steps, volumes, luck));

    public static Candle[] FromCloses(params double[] closes)
    {
        var instants = TradingCalendar.UsEquities.Expected(Start, Start.AddYears(5), BarInterval.OneDay).Take(closes.Length).ToArray();
        return [.. closes.Select((close, i) => new Candle
        {
            Timestamp = instants[i],
            Open = close,
            High = close + 1,
            Low = close - 1,
            Close = close,
            Volume = 100 + i,
        })];
    }

    public static FeatureTable Compute(Candle[] candles, AssetClass assetClass = AssetClass.Stock, BarInterval interval = BarInterval.OneDay) =>
        Compute(candles, new Instrument(default, assetClass), interval);

    public static FeatureTable Compute(Candle[] candles, Instrument instrument, BarInterval interval)
    {
        var engine = new FeatureEngine(instrument, interval);
        var table = new FeatureTable(engine.Features);
        engine.Append(candles, table);
        return table;
    }

    public static double[] Column(this FeatureTable table, string name) => table.Column(FeatureCatalogue.Find(name)!).ToArray();

    public static double[] Values(Candle[] candles, string name) => Compute(candles).Column(name);

    private static Candle[] Walk(Instrument instrument, BarInterval interval, double[] steps, double[] volumes, int[] luck)
    {
        var price = 100.0;
        var instants = TradingCalendar.For(instrument).Expected(Start, Start.AddYears(20), interval).Take(steps.Length).ToArray();
        var candles = new List<Candle>();
        for (var i = 0; i < steps.Length; i++)
        {
            var open = price;
            price *= 1 + steps[i];
            if (luck[i] == 0)
                continue;
            candles.Add(new Candle
            {
                Timestamp = instants[i],
                Open = open,
                High = Math.Max(open, price) * 1.01,
                Low = Math.Min(open, price) * 0.99,
                Close = price,
                Volume = volumes[i],
                TakerBuyVolume = volumes[i] * 0.4,
                TakerSellVolume = volumes[i] * 0.6,
                OpenInterest = luck[i] == 1 ? double.NaN : 1000 + luck[i],
                FundingRate = luck[i] * 1e-5,
                LongLiquidations = luck[i],
                ShortLiquidations = 1,
                LongShortRatio = 1.5,
            });
        }

        return [.. candles];
    }
}
