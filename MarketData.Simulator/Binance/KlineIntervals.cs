namespace MarketData.Simulator.Binance;

/// <summary>Binance's interval names and the grid of each.</summary>
internal static class KlineIntervals
{
    private const long Minute = 60_000;
    private const long Day = 86_400_000;

    /// <summary>Monday, 5 January 1970: weeks are counted from it.</summary>
    private const long FirstMonday = 4 * Day;

    /// <summary>Reads a name, case-sensitive: <c>1m</c> is a minute, <c>1M</c> a month.</summary>
    /// <returns>The length in milliseconds (a month's is nominal), or null.</returns>
    public static long? Length(string name) => name switch
    {
        "1m" => Minute,
        "3m" => 3 * Minute,
        "5m" => 5 * Minute,
        "15m" => 15 * Minute,
        "30m" => 30 * Minute,
        "1h" => 60 * Minute,
        "2h" => 120 * Minute,
        "4h" => 240 * Minute,
        "6h" => 360 * Minute,
        "8h" => 480 * Minute,
        "12h" => 720 * Minute,
        "1d" => Day,
        "3d" => 3 * Day,
        "1w" => 7 * Day,
        "1M" => 30 * Day,
        _ => null,
    };

    /// <summary>The opening instant of the kline that <paramref name="time"/> is in.</summary>
    public static long Floor(long time, long length) => length switch
    {
        7 * Day => time - (time - FirstMonday) % length,
        30 * Day => Month(time, 0),
        _ => time - time % length,
    };

    /// <summary>The opening instant of the kline after the one that opens at <paramref name="opens"/>.</summary>
    public static long Next(long opens, long length) => length == 30 * Day ? Month(opens, 1) : opens + length;

    private static long Month(long time, int later)
    {
        var date = DateTimeOffset.FromUnixTimeMilliseconds(time);
        return new DateTimeOffset(date.Year, date.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(later).ToUnixTimeMilliseconds();
    }
}
