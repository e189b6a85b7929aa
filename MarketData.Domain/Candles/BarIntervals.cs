namespace MarketData.Domain.Candles;

/// <summary>Wire names and lengths of the bar intervals: <c>5m 15m 30m 1h 4h 1d 1w</c>.</summary>
public static class BarIntervals
{
    /// <summary>Every interval, shortest first.</summary>
    public static IReadOnlyList<BarInterval> All { get; } = Enum.GetValues<BarInterval>();

    /// <summary>The interval's wire name, as in the API's <c>timeframe</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined interval.</exception>
    public static string Name(this BarInterval interval) => interval switch
    {
        BarInterval.FiveMinutes => "5m",
        BarInterval.FifteenMinutes => "15m",
        BarInterval.ThirtyMinutes => "30m",
        BarInterval.OneHour => "1h",
        BarInterval.FourHours => "4h",
        BarInterval.OneDay => "1d",
        BarInterval.OneWeek => "1w",
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "Not a bar interval."),
    };

    /// <summary>The nominal length; a session's last bar may be shorter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined interval.</exception>
    public static TimeSpan Length(this BarInterval interval) => interval switch
    {
        BarInterval.FiveMinutes => TimeSpan.FromMinutes(5),
        BarInterval.FifteenMinutes => TimeSpan.FromMinutes(15),
        BarInterval.ThirtyMinutes => TimeSpan.FromMinutes(30),
        BarInterval.OneHour => TimeSpan.FromHours(1),
        BarInterval.FourHours => TimeSpan.FromHours(4),
        BarInterval.OneDay => TimeSpan.FromDays(1),
        BarInterval.OneWeek => TimeSpan.FromDays(7),
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "Not a bar interval."),
    };

    /// <summary>Whether several bars fit into one session or day.</summary>
    public static bool IsIntraday(this BarInterval interval) => interval < BarInterval.OneDay;

    /// <summary>
    /// Whether candles are built of the stored days and never asked for: the weeks of all that has splits and dividends, which can lie
    /// within a week.
    /// </summary>
    public static bool IsBuiltOfDays(this BarInterval interval, AssetClass assetClass) =>
        interval == BarInterval.OneWeek && assetClass != AssetClass.Crypto;

    /// <summary>Reads a wire name, in any case.</summary>
    /// <returns>Whether <paramref name="text"/> names an interval.</returns>
    public static bool TryParse(string? text, out BarInterval interval)
    {
        foreach (var candidate in All)
        {
            if (string.Equals(candidate.Name(), text, StringComparison.OrdinalIgnoreCase))
            {
                interval = candidate;
                return true;
            }
        }

        interval = default;
        return false;
    }

    /// <summary>Reads a name that is known to be valid, such as one read back from the database.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> names no interval.</exception>
    public static BarInterval Parse(string text) =>
        TryParse(text, out var interval) ? interval : throw new FormatException($"'{text}' is not one of 5m, 15m, 30m, 1h, 4h, 1d, 1w.");
}
