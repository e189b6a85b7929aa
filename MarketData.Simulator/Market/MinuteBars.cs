namespace MarketData.Simulator.Market;

/// <summary>
/// A day's minutes, drawn so that together they make exactly the day: first open, highest high, lowest low, last close, and volume
/// and trades to the last unit. One buffer serves a whole answer, day after day.
/// </summary>
internal sealed class MinuteBars
{
    private const long Minute = 60_000;

    private readonly double[] _path = new double[1441];
    private readonly double[] _volume = new double[1440];
    private readonly double[] _taker = new double[1440];
    private readonly Bar[] _bars = new Bar[1440];

    /// <summary>Draws the regular hours of a day.</summary>
    /// <returns>One bar a minute, valid until the next call.</returns>
    public ReadOnlySpan<Bar> Draw(PriceHistory history, in TradingDay day)
    {
        var count = day.Hours.Minutes;
        var decimals = day.Date <= IndexHistory.LastDay && history.Listing.HasTrueHistory ? 6 : history.Listing.PriceDecimals;
        var (lowest, highest) = DrawPath(history.Seed, day, count);
        DrawVolume(history.Seed, day, count, history.Listing.IsCrypto);
        Fill(history, day, count, decimals);
        Pin(day, lowest, highest, count);
        return _bars.AsSpan(0, count);
    }

    /// <summary>The points between the minutes: a random walk from open to close, stretched to touch high and low.</summary>
    private (int Lowest, int Highest) DrawPath(ulong seed, in TradingDay day, int count)
    {
        var walk = 0.0;
        _path[0] = 0;
        for (var i = 1; i <= count; i++)
        {
            walk += Noise.QuickNormal(Noise.Bits(seed, day.Opens + i * Minute, 31));
            _path[i] = walk;
        }

        var step = Math.Max(day.High - day.Low, 1e-9) / Math.Sqrt(count);
        for (var i = 0; i <= count; i++)
        {
            _path[i] = day.Open + (day.Close - day.Open) * i / count + step * (_path[i] - walk * i / count);
        }

        int lowest = 0, highest = 0;
        for (var i = 1; i <= count; i++)
        {
            lowest = _path[i] < _path[lowest] ? i : lowest;
            highest = _path[i] > _path[highest] ? i : highest;
        }

        var (floor, ceiling) = (Math.Min(day.Open, day.Close), Math.Max(day.Open, day.Close));
        var down = _path[lowest] < floor ? (floor - day.Low) / (floor - _path[lowest]) : 0;
        var up = _path[highest] > ceiling ? (day.High - ceiling) / (_path[highest] - ceiling) : 0;
        for (var i = 0; i <= count; i++)
        {
            var price = _path[i];
            _path[i] = price < floor ? floor - (floor - price) * down : price > ceiling ? ceiling + (price - ceiling) * up : price;
        }

        return (lowest, highest);
    }

    /// <summary>
    /// How much of the day's volume, and of its takers' buying, is done by the end of each minute: busy at open and close
    /// (equities), swelling with the hours of London and New York (crypto).
    /// </summary>
    private void DrawVolume(ulong seed, in TradingDay day, int count, bool crypto)
    {
        double volume = 0, taker = 0;
        for (var i = 0; i < count; i++)
        {
            var x = (i + 0.5) / count;
            var shape = crypto ? 1 + 0.5 * Math.Sin(Math.Tau * (x - 0.35)) : 0.55 + 3.2 * (x - 0.5) * (x - 0.5) + (x < 0.02 || x > 0.98 ? 1.5 : 0);
            var bits = Noise.Bits(seed, day.Opens + i * Minute, 32);
            var noise = 1 + 0.25 * Noise.QuickNormal(bits);
            var weight = shape * noise * noise + 0.02;
            _volume[i] = volume += weight;
            _taker[i] = taker += weight * (0.75 + 0.5 * (bits & 0xFFFF) / 65535.0);
        }

        for (var i = 0; i < count; i++)
        {
            _volume[i] /= volume;
            _taker[i] /= taker;
        }
    }

    private void Fill(PriceHistory history, in TradingDay day, int count, int decimals)
    {
        var steps = history.Listing.VolumeSteps;
        var wick = (day.High - day.Low) / Math.Sqrt(count) * 0.5;
        var takerUnits = double.IsNaN(day.TakerShare) ? 0 : day.Volume * steps * day.TakerShare;
        double volumeDone = 0, takerDone = 0, tradesDone = 0;
        for (var i = 0; i < count; i++)
        {
            var time = day.Hours.MinuteAt(i);
            var bits = Noise.Bits(history.Seed, time, 33);
            var (open, close) = (_path[i], _path[i + 1]);
            var high = Math.Min(Math.Max(open, close) + wick * ((bits & 0xFFFF) / 65535.0), day.High);
            var low = Math.Max(Math.Min(open, close) - wick * (((bits >> 16) & 0xFFFF) / 65535.0), day.Low);
            var (volumeNow, takerNow, tradesNow) =
                (Math.Round(day.Volume * steps * _volume[i]), Math.Round(takerUnits * _taker[i]), Math.Round(day.Trades * _volume[i]));
            var volume = (volumeNow - volumeDone) / steps;
            _bars[i] = new Bar
            {
                Time = time,
                Open = Math.Round(open, decimals),
                High = Math.Round(high, decimals),
                Low = Math.Round(low, decimals),
                Close = Math.Round(close, decimals),
                Volume = volume,
                Turnover = volume * (open + high + low + close) / 4,
                Trades = (long)(tradesNow - tradesDone),
                TakerVolume = (takerNow - takerDone) / steps,
                Parts = 1,
            };
            (volumeDone, takerDone, tradesDone) = (volumeNow, takerNow, tradesNow);
        }
    }

    /// <summary>The day's own prices, exact, at the minutes that reach them.</summary>
    private void Pin(in TradingDay day, int lowest, int highest, int count)
    {
        _bars[0] = _bars[0] with { Open = day.Open };
        _bars[count - 1] = _bars[count - 1] with { Close = day.Close };
        var high = Math.Min(highest, count - 1);
        var low = Math.Min(lowest, count - 1);
        _bars[high] = _bars[high] with { High = day.High };
        _bars[low] = _bars[low] with { Low = day.Low };
    }
}
