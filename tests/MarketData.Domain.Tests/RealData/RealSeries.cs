using System.Globalization;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Testing;

namespace MarketData.Domain.Tests.RealData;

/// <summary>Reads the real daily series and their adjustment factors.</summary>
internal static class RealSeries
{
    public static Candle[] Daily(string file) =>
    [
        .. Rows(file).Skip(1).Select(row => new Candle
        {
            Timestamp = DateTime.Parse(row[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            Open = Number(row[1]),
            High = Number(row[2]),
            Low = Number(row[3]),
            Close = Number(row[4]),
            Volume = Number(row[^1]),
        }),
    ];

    /// <summary>Cumulative factors by the last date for which each holds.</summary>
    public static IReadOnlyList<(DateOnly Through, double Price, double Split, double Close)> Factors(string file) =>
    [
        .. Rows(file).Select(row => (
            DateOnly.ParseExact(row[0], "yyyyMMdd", CultureInfo.InvariantCulture), Number(row[1]), Number(row[2]), Number(row[3]))),
    ];

    /// <summary>The splits and dividends that make up the factors: each change takes effect on the session after the date of its row.</summary>
    public static (StockSplit[] Splits, (DateOnly ExDate, double Amount, double CloseBefore)[] Dividends) Actions(string factors, Candle[] candles)
    {
        var rows = Factors(factors);
        var splits = new List<StockSplit>();
        var dividends = new List<(DateOnly, double, double)>();
        for (var i = 1; i < rows.Count - 1; i++)
        {
            var (row, next) = (rows[i], rows[i + 1]);
            var ex = candles.Select(candle => DateOnly.FromDateTime(candle.Timestamp)).First(date => date > row.Through);
            if (row.Split != next.Split)
                splits.Add(new StockSplit(ex, 1, Math.Round(next.Split / row.Split, 3)));
            if (row.Price != next.Price)
                dividends.Add((ex, row.Close * (1 - row.Price / next.Price), row.Close));
        }

        return ([.. splits], [.. dividends]);
    }

    private static IEnumerable<string[]> Rows(string file)
    {
        Assert.SkipUnless(SharedData.Exists, SharedData.Absent);
        return File.ReadLines(SharedData.PathOf(file)).Select(line => line.Split(','));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
