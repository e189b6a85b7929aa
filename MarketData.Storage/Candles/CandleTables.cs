using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>The tables that hold candles: two for each interval, with the number of the series in the place of its name.</summary>
internal static class CandleTables
{
    /// <summary>What <see cref="Bars"/> and <see cref="Microstructure"/> are called without their interval.</summary>
    public static readonly string[] Prefixes = ["bars_", "microstructure_"];

    /// <summary>The bit of <c>issues</c> that says that a candle counted as validated when it was judged; the others are the issues.</summary>
    public const short Validated = 1 << 14;

    /// <summary>Prices, volumes and verdict.</summary>
    public static string Bars(BarInterval interval) => "bars_" + interval.Name();

    /// <summary>What futures markets tell beside that, for the candles that have something of it.</summary>
    public static string Microstructure(BarInterval interval) => "microstructure_" + interval.Name();

    /// <summary>A statement for each of the tables.</summary>
    /// <param name="statement">The statement for a table of that name.</param>
    public static string ForEach(Func<string, string> statement) =>
        string.Join('\n', from interval in BarIntervals.All from prefix in Prefixes select statement(prefix + interval.Name()) + ";");
}
