namespace MarketData.Simulator.Market;

/// <summary>Trading before the open (from 04:00 New York) and after the close (until 20:00, 17:00 on a half day): thin, with minutes in which nothing trades.</summary>
internal static class ExtendedHours
{
    private const long Minute = 60_000;
    private const int MinutesBefore = 330;
    private const int MinutesAfter = 240;
    private const double VolumeOfMinute = 0.00004;

    /// <summary>First instant of pre-market trading on <paramref name="day"/>, Unix milliseconds.</summary>
    public static long Opens(in TradingDay day) => day.Opens - MinutesBefore * Minute;

    /// <summary>End of after-hours trading on <paramref name="day"/>, Unix milliseconds.</summary>
    public static long Closes(in TradingDay day) => day.Closes + MinutesAfter * Minute;

    /// <summary>The minutes before the open in which something traded.</summary>
    public static IEnumerable<Bar> Before(PriceHistory history, TradingDay day) =>
        Minutes(history, day, Opens(day), MinutesBefore, day.PreviousClose, day.Open);

    /// <summary>The minutes after the close in which something traded.</summary>
    public static IEnumerable<Bar> After(PriceHistory history, TradingDay day) =>
        Minutes(history, day, day.Closes, MinutesAfter, day.Close, day.Close * (1 + 0.002 * Noise.QuickNormal(Noise.Bits(history.Seed, day.Closes, 40))));

    private static IEnumerable<Bar> Minutes(PriceHistory history, TradingDay day, long start, int count, double first, double last)
    {
        var decimals = history.Listing.PriceDecimals;
        var price = first;
        for (var i = 0; i < count; i++)
        {
            var time = start + i * Minute;
            var bits = Noise.Bits(history.Seed, time, 41);
            var nearRegularHours = last == day.Open ? (double)i / count : 1 - (double)i / count;
            if (Noise.Uniform(bits) > 0.15 + 0.75 * nearRegularHours)
            {
                continue;
            }

            var target = first + (last - first) * (i + 1) / count;
            var close = Math.Round(target * (1 + 0.0006 * Noise.QuickNormal(Noise.Bits(history.Seed, time, 42))), decimals);
            var open = Math.Round(price, decimals);
            var volume = Math.Max(1, Math.Round(day.Volume * VolumeOfMinute * (0.2 + nearRegularHours) * (0.5 + Noise.Uniform(Noise.Bits(history.Seed, time, 43)))));
            yield return new Bar
            {
                Time = time,
                Open = open,
                High = Math.Max(open, close),
                Low = Math.Min(open, close),
                Close = close,
                Volume = volume,
                Turnover = volume * (open + close) / 2,
                Trades = Math.Max(1, (long)(volume / 60)),
                Parts = 1,
            };
            price = close;
        }
    }
}
