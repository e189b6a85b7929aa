namespace MarketData.Simulator.Market;

/// <summary>
/// The days of one listing from its first to any future one, each a function of the seed. Within a 64-day block returns are
/// drawn day by day with volatility that swings slowly (clusters) and now and then jumps; what is left to the block's end level
/// is spread over its days by variance. Volume follows the volatility.
/// </summary>
internal sealed class PriceHistory
{
    private readonly Listing _listing;
    private readonly ulong _seed;
    private readonly PriceLevel _level;
    private readonly bool _continueIndex;

    /// <summary>The history of <paramref name="listing"/> in the world of <paramref name="seed"/>.</summary>
    /// <param name="seed">The world's seed.</param>
    /// <param name="listing">Whose history.</param>
    /// <param name="continueIndex">Whether the index goes on, simulated, after its true history ends.</param>
    public PriceHistory(ulong seed, Listing listing, bool continueIndex)
    {
        _listing = listing;
        _seed = Noise.Seed(seed, listing.Symbol.Value);
        _level = new PriceLevel(_seed, listing);
        _continueIndex = continueIndex;
    }

    /// <summary>The listing.</summary>
    public Listing Listing => _listing;

    /// <summary>The seed of everything about this listing.</summary>
    public ulong Seed => _seed;

    /// <summary>The days from <paramref name="from"/> to <paramref name="to"/>, both included, as they will stand at their close.</summary>
    public IEnumerable<TradingDay> Days(DateOnly from, DateOnly to)
    {
        foreach (var day in TrueDays(from, to))
        {
            yield return day;
        }

        if (_listing.HasTrueHistory && !_continueIndex)
        {
            yield break;
        }

        var start = from > _listing.FirstDay ? from : _listing.FirstDay;
        var end = _listing.LastDay is { } last && last < to ? last : to;
        for (var block = PriceLevel.Block(start); start <= end && block <= PriceLevel.Block(end); block++)
        {
            foreach (var day in Block(block))
            {
                if (day.Date >= from && day.Date <= end)
                {
                    yield return day;
                }
            }
        }
    }

    private IEnumerable<TradingDay> TrueDays(DateOnly from, DateOnly to)
    {
        if (!_listing.HasTrueHistory || from > IndexHistory.LastDay)
        {
            yield break;
        }

        var until = to < IndexHistory.LastDay ? to : IndexHistory.LastDay;
        var start = from > IndexHistory.FirstDay ? from : IndexHistory.FirstDay;
        foreach (var session in TradingHours.Between(_listing, start, until))
        {
            if (IndexHistory.TryGet(session.Date, out var row))
            {
                yield return new TradingDay
                {
                    Hours = session,
                    PreviousClose = row.Open,
                    Open = row.Open,
                    High = row.High,
                    Low = row.Low,
                    Close = row.Close,
                    Volume = row.Volume,
                    Trades = 0,
                    TakerShare = double.NaN,
                    Agitation = 1,
                };
            }
        }
    }

    private List<TradingDay> Block(int block)
    {
        var first = PriceLevel.FirstDay(block);
        var start = first > _listing.FirstDay ? first : _listing.FirstDay;
        List<(TradingHours Hours, Mood Mood)> days = [];
        double drawn = 0, variance = 0;
        foreach (var session in TradingHours.Between(_listing, start, first.AddDays(PriceLevel.BlockDays - 1)))
        {
            var mood = MoodOf(session.Date);
            drawn += mood.Return;
            variance += mood.Volatility * mood.Volatility;
            days.Add((session, mood));
        }

        var level = _level.Before(block);
        var correction = _level.Before(block + 1) - level - drawn;
        List<TradingDay> result = new(days.Count);
        foreach (var (session, mood) in days)
        {
            var change = mood.Return + correction * mood.Volatility * mood.Volatility / variance;
            result.Add(Day(session, mood, level, change));
            level += change;
        }

        return result;
    }

    private readonly record struct Mood(double Return, double Volatility, bool Jump);

    private Mood MoodOf(DateOnly date)
    {
        var day = date.DayNumber;
        var swing = 0.45 * Noise.Smooth(_seed, day / 24.0, 1) + 0.30 * Noise.Smooth(_seed, day / 160.0, 2);
        var volatility = _listing.Volatility * Math.Exp(swing - 0.15);
        var tail = Noise.Uniform(Noise.Bits(_seed, day, 3)) < 0.03 ? 2.1 : 0.93;
        var change = volatility * tail * Noise.Normal(Noise.Bits(_seed, day, 4));
        var news = Noise.Uniform(Noise.Bits(_seed, day, 5));
        if (news >= 1.0 / 1300 || _listing.Kind is ListingKind.Index or ListingKind.Etf or ListingKind.Currency)
        {
            return new Mood(change, volatility, Jump: false);
        }

        // News that no one expected: beyond ten times the usual day, which is what quality calls a price anomaly.
        var size = Math.Max(0.12, (11 + 4 * Noise.Uniform(Noise.Bits(_seed, day, 6))) * volatility);
        return new Mood(news < 0.55 / 1300 ? -Math.Min(size, 0.5) : size, volatility, Jump: true);
    }

    private TradingDay Day(in TradingHours session, in Mood mood, double level, double change)
    {
        var day = session.Date.DayNumber;
        var shares = _listing.SplitFactor(session.Date, DateOnly.MaxValue);
        double Price(double logarithm) => Math.Max(Math.Round(Math.Exp(logarithm) * shares, _listing.PriceDecimals), Math.Pow(10, -_listing.PriceDecimals));

        var overnight = _listing.Kind is ListingKind.Crypto or ListingKind.Currency ? 0
            : mood.Jump ? 0.9 * change
            : 0.35 * change + 0.25 * mood.Volatility * Noise.Normal(Noise.Bits(_seed, day, 7));
        var open = level + overnight;
        var close = level + change;
        var high = Math.Max(open, close) + 0.45 * mood.Volatility * Math.Abs(Noise.Normal(Noise.Bits(_seed, day, 8)));
        var low = Math.Min(open, close) - 0.45 * mood.Volatility * Math.Abs(Noise.Normal(Noise.Bits(_seed, day, 9)));
        var volume = _listing.DailyVolume == 0
            ? 0
            : Math.Max(1, Math.Round(Volume(day, mood, change) / shares * _listing.VolumeSteps)) / _listing.VolumeSteps;
        var lot = (_listing.IsCrypto ? _listing.DailyVolume / 1.5e6 : 95) * (0.8 + 0.4 * Noise.Uniform(Noise.Bits(_seed, day, 10)));
        return new TradingDay
        {
            Hours = session,
            PreviousClose = Price(level),
            Open = Price(open),
            High = Price(high),
            Low = Price(low),
            Close = Price(close),
            Volume = volume,
            Trades = volume == 0 ? 0 : Math.Max(1, (long)(volume * shares / lot)),
            TakerShare = Math.Clamp(0.5 + 0.04 * Noise.Normal(Noise.Bits(_seed, day, 11)) + 0.8 * change, 0.35, 0.62),
            Agitation = mood.Volatility / _listing.Volatility,
        };
    }

    private double Volume(int day, in Mood mood, double change)
    {
        var agitation = mood.Volatility / _listing.Volatility;
        var surprise = Math.Abs(change) / mood.Volatility;
        var usual = _listing.DailyVolume * Math.Pow(agitation, 0.8) * Math.Exp(0.18 * Math.Min(surprise, 4) - 0.2 + 0.2 * Noise.Normal(Noise.Bits(_seed, day, 12)));
        var spike = mood.Jump ? 4.0 : Noise.Uniform(Noise.Bits(_seed, day, 13)) < 1.0 / 1500 ? 14.0 : 1.0;
        return usual * spike;
    }
}
