using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Imports;

namespace MarketData.Api.Imports;

/// <summary>One series of an import while it is received: what its bars are checked by, those that wait to be put on disk, and how many there were.</summary>
/// <param name="instrument">The instrument.</param>
/// <param name="interval">The interval.</param>
/// <param name="splits">The splits on record.</param>
/// <param name="isSplitAdjusted">Whether prices are adjusted for them, and turned back, rather than as traded.</param>
/// <param name="keptFrom">The first instant that is kept, UTC; null for all.</param>
internal sealed class SeriesIntake(Instrument instrument, BarInterval interval, AdjustmentFactors splits, bool isSplitAdjusted, DateTime? keptFrom)
{
    // What two bars further apart than this say of a split between them is doubtful.
    private static readonly TimeSpan Beside = TimeSpan.FromDays(7);

    private readonly TradingCalendar _calendar = TradingCalendar.For(instrument);
    private readonly Dictionary<DateTime, List<Candle>> _parts = [];
    private DateTime _part = DateTime.MinValue;
    private List<Candle>? _candles;
    private (DateTime Instant, double Close, double Split) _previous;
    private (double Split, DateTime From, DateTime Until) _factor = (1, DateTime.MaxValue, DateTime.MinValue);

    public Instrument Instrument { get; } = instrument;

    public BarInterval Interval { get; } = interval;

    public Exchange Exchange { get; } = Exchange.Of(instrument);

    public long Valid { get; private set; }

    public long Invalid { get; private set; }

    public DateTime? First { get; private set; }

    public DateTime? Last { get; private set; }

    /// <summary>The first day of a split beside which prices look otherwise adjusted than was said; null when there is none.</summary>
    public DateOnly? DoubtfulSplit { get; private set; }

    /// <summary>What becomes of a bar.</summary>
    /// <param name="candle">The bar, with its opening instant.</param>
    /// <param name="now">The present instant, UTC.</param>
    /// <param name="broken">The rule that it breaks, where it does: it is put on record as rejected.</param>
    public BarFate Take(Candle candle, DateTime now, out string? broken)
    {
        broken = null;
        var instant = candle.Timestamp;
        if (instant < keptFrom)
            return BarFate.PastRetention;
        var isExpected = _calendar.IsExpected(instant, Interval);
        if (Interval.IsIntraday() && !isExpected && !_calendar.IsOpen(instant))
            return BarFate.OutOfSession;
        if (instant <= now && _calendar.CloseOf(instant, Interval) > now)
            return BarFate.Unclosed;
        broken = StructuralCheck.Broken(candle, _calendar, Interval, now);
        var split = splits.IsEmpty ? 1 : SplitAt(instant);
        Keep(isSplitAdjusted ? AsTraded(candle, split) : candle);
        if (broken is not null)
        {
            Invalid++;
            return BarFate.Invalid;
        }

        Valid++;
        First = First is null || instant < First ? instant : First;
        Last = Last is null || instant > Last ? instant : Last;
        if (!splits.IsEmpty)
            Doubt(candle, split);
        return BarFate.Valid;
    }

    /// <summary>The bars that wait, which wait no more.</summary>
    public IEnumerable<ImportChunk> TakeChunks()
    {
        foreach (var (part, candles) in _parts)
            yield return new ImportChunk(Instrument.Symbol, Interval, part, candles.ToArray());
        _parts.Clear();
        (_part, _candles) = (DateTime.MinValue, null);
    }

    private void Keep(in Candle candle)
    {
        var part = ImportParts.BeginOf(candle.Timestamp, Interval);
        if (_candles is null || part != _part)
        {
            if (!_parts.TryGetValue(part, out _candles))
                _parts[part] = _candles = [];
            _part = part;
        }

        _candles.Add(candle);
    }

    private double SplitAt(DateTime instant)
    {
        if (instant < _factor.From || instant >= _factor.Until)
        {
            var (split, _, from, until) = splits.At(instant);
            _factor = (split, from, until);
        }

        return _factor.Split;
    }

    // Across a split, prices as traded jump by its ratio and adjusted ones do not.
    private void Doubt(in Candle candle, double split)
    {
        var (instant, close, before) = _previous;
        _previous = (candle.Timestamp, candle.Close, split);
        if (DoubtfulSplit is not null || close <= 0 || split == before || candle.Timestamp < instant || candle.Timestamp - instant > Beside)
            return;
        var jump = Math.Log(candle.Open / close);
        var looksAdjusted = Math.Abs(jump) < Math.Abs(jump - Math.Log(split / before));
        if (looksAdjusted != isSplitAdjusted)
            DoubtfulSplit = _calendar.DateOf(candle.Timestamp, Interval);
    }

    private static Candle AsTraded(in Candle candle, double split) => candle with
    {
        Open = candle.Open * split,
        High = candle.High * split,
        Low = candle.Low * split,
        Close = candle.Close * split,
        Vwap = candle.Vwap * split,
        Volume = candle.Volume / split,
    };
}
