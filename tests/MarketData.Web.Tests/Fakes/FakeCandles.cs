namespace MarketData.Web.Tests.Fakes;

internal static class FakeCandles
{
    private static readonly DateTimeOffset Beginning = new(2006, 1, 2, 0, 0, 0, TimeSpan.Zero);

    public static object Page(string symbol, string timeframe, DateTimeOffset? start, DateTimeOffset end, int limit, bool features, bool isAdjusted = true)
    {
        var step = timeframe switch { "5m" => 5, "15m" => 15, "30m" => 30, "1h" => 60, "4h" => 240, "1w" => 10_080, _ => 1440 };
        var first = timeframe is "1d" or "1w" ? Beginning : DateTimeOffset.UtcNow.Date.AddDays(-365);
        var times = start is { } from ? Grid(Max(from, first), 1).TakeWhile(t => t <= end) : Grid(end, -1).TakeWhile(t => t >= first);
        var candles = times.Where(t => symbol.Contains('-') || t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(limit)
            .OrderBy(t => t).Select(t => Candle(symbol, t, step, features, isAdjusted)).ToList();
        return new { symbol, timeframe, candles, next_cursor = (string?)null };

        IEnumerable<DateTimeOffset> Grid(DateTimeOffset at, int direction)
        {
            var ticks = TimeSpan.FromMinutes(step).Ticks;
            var begin = direction > 0 ? (at.Ticks + ticks - 1) / ticks : at.Ticks / ticks;
            for (var i = 0L; ; i += direction)
                yield return new DateTimeOffset((begin + i) * ticks, TimeSpan.Zero);
        }
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static object Candle(string symbol, DateTimeOffset at, int step, bool features, bool isAdjusted)
    {
        // As if there had been one split, 1:2, after all of it.
        var traded = isAdjusted ? 1 : 2;
        var open = traded * Level(symbol, at);
        var close = traded * Level(symbol, at.AddMinutes(step));
        var wobble = 1 + 0.006 * Noise(at.ToUnixTimeSeconds() * 3 + 1);
        return new
        {
            timestamp = at.UtcDateTime,
            open,
            high = Math.Max(open, close) * wobble,
            low = Math.Min(open, close) / wobble,
            close,
            volume = Math.Round(3e7 * (0.6 + Noise(at.ToUnixTimeSeconds() * 7 + 2))),
            source = "polygon",
            is_validated = true,
            quality_score = 1.0,
            validation_notes = Array.Empty<string>(),
            features = features ? new Dictionary<string, double> { ["sma_20"] = traded * Level(symbol, at.AddMinutes(-step * 10)), ["rsi_14"] = 50 + 30 * Math.Sin(at.ToUnixTimeSeconds() / 86400.0 / 9), ["obv"] = -1.2345678e13 * Noise(at.ToUnixTimeSeconds()), ["macd"] = Math.Sin(at.ToUnixTimeSeconds() / 86400.0 / 13), ["macd_signal"] = Math.Sin(at.ToUnixTimeSeconds() / 86400.0 / 13 - 0.4) } : null,
        };
    }

    private static double Level(string symbol, DateTimeOffset at)
    {
        var days = (at - Beginning).TotalDays;
        var seed = symbol.Sum(c => c);
        return (40 + seed % 60) * Math.Exp(days / 4000) * (1 + 0.08 * Math.Sin(days / 37 + seed) + 0.03 * Math.Sin(days / 5.3) + 0.015 * (Noise((long)(days * 24) + seed) - 0.5));
    }

    private static double Noise(long n)
    {
        var x = (ulong)n * 0x9E3779B97F4A7C15UL;
        x ^= x >> 31;
        x *= 0xBF58476D1CE4E5B9UL;
        return (x >> 40) / (double)(1 << 24);
    }
}
