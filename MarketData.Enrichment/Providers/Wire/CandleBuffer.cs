using System.Buffers;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// Bars as they are parsed, page after page, in pooled memory, with what was left out on the way.
/// Not for use by two threads at once; dispose to give the memory back.
/// </summary>
/// <param name="capacity">How many bars it holds before it has to grow.</param>
public sealed class CandleBuffer(int capacity = 1024) : IDisposable
{
    private Candle[] _candles = ArrayPool<Candle>.Shared.Rent(capacity);

    /// <summary>Bars held.</summary>
    public int Count { get; private set; }

    /// <summary>The bars in the order parsed.</summary>
    public Span<Candle> Candles => _candles.AsSpan(0, Count);

    /// <summary>Rows that are no candle.</summary>
    public List<RejectedBar> Rejected { get; } = [];

    /// <summary>Rows without prices.</summary>
    public int NullRows { get; set; }

    /// <summary>Bars left out because they had not closed.</summary>
    public int FormingDropped { get; set; }

    /// <summary>Bars left out because they lie outside the regular session.</summary>
    public int OutOfSession { get; set; }

    /// <summary>Bars left out because they lie outside the range asked for.</summary>
    public int OutOfRange { get; set; }

    /// <summary>Repeated bars that agreed and were collapsed into one.</summary>
    public int DuplicatesCollapsed { get; set; }

    /// <summary>The opening instants of longer bars that lack a part, UTC.</summary>
    public HashSet<DateTime> Incomplete { get; } = [];

    /// <summary>Longer bars not built because a part was missing or wrong.</summary>
    public int IncompleteBuckets { get; set; }

    /// <summary>Rows of which a part could not be read, over all that was parsed.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Takes a row as read, NaN for each number that was null or missing.</summary>
    /// <param name="candle">The row: it becomes a bar, counts as a null row when a price or the volume is missing, or is rejected.</param>
    /// <param name="timed">Whether its time is an instant.</param>
    public void Add(in Candle candle, bool timed)
    {
        // One infinity or NaN makes the sum one too.
        if (timed && double.IsFinite(candle.Open + candle.High + candle.Low + candle.Close + candle.Volume))
            Append(candle);
        else
            AddUnusual(candle, timed);
    }

    /// <summary>Takes a row of which a part can't be read: it is rejected, and the others are used.</summary>
    /// <param name="candle">The row as far as it reads, NaN for each number that does not.</param>
    /// <param name="timed">Whether its time is an instant.</param>
    /// <param name="flaw">What stands there instead, with its place in the document, in one sentence.</param>
    public void AddUnreadable(in Candle candle, bool timed, string flaw)
    {
        Unreadable++;
        if (timed)
            Reject(candle, candle.Timestamp, ValidationRules.NotFinite, flaw);
        else
            Reject(candle, null, ValidationRules.OffGrid, flaw);
    }

    /// <summary>Refuses an answer none of whose rows could be read.</summary>
    /// <param name="rows">Rows read, those last added.</param>
    /// <param name="unreadableBefore"><see cref="Unreadable"/> before them.</param>
    /// <exception cref="JsonException">None could.</exception>
    public void ThrowIfNoneReads(int rows, int unreadableBefore)
    {
        if (FlawOfAll(rows, unreadableBefore) is { } flaw)
            throw new JsonException(flaw);
    }

    /// <summary>What is wrong with rows none of which could be read, in one sentence; null when one could, or there is none.</summary>
    /// <param name="rows">Rows read, those last added.</param>
    /// <param name="unreadableBefore"><see cref="Unreadable"/> before them.</param>
    public string? FlawOfAll(int rows, int unreadableBefore) =>
        rows > 0 && Unreadable - unreadableBefore == rows ? $"none of its {rows} bars reads; {Rejected[^rows].Detail}" : null;

    /// <summary>What the buffer holds now, to come back to when the next page turns out to be broken.</summary>
    public CandleBufferMark Mark() => new(Count, Rejected.Count, NullRows);

    /// <summary>Forgets what was parsed since <paramref name="mark"/>.</summary>
    public void RollBack(CandleBufferMark mark)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark.Candles, Count);
        Count = mark.Candles;
        Rejected.RemoveRange(mark.Rejected, Rejected.Count - mark.Rejected);
        NullRows = mark.NullRows;
    }

    /// <summary>Keeps only the first <paramref name="count"/> bars.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
    }

    /// <summary>The bars in an array of their own.</summary>
    public Candle[] ToArray()
    {
        var result = GC.AllocateUninitializedArray<Candle>(Count);
        Candles.CopyTo(result);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<Candle>.Shared.Return(_candles);
        _candles = [];
        Count = 0;
    }

    private void Append(in Candle candle)
    {
        if (Count == _candles.Length)
            Grow();
        _candles[Count++] = candle;
    }

    private void AddUnusual(in Candle candle, bool timed)
    {
        ReadOnlySpan<double> numbers = [candle.Open, candle.High, candle.Low, candle.Close, candle.Volume];
        if (numbers.Contains(double.NaN))
            NullRows++;
        else if (!timed)
            Reject(candle, null, ValidationRules.OffGrid, "The bar's time is no instant between the years 1800 and 2200.");
        else if (numbers.IndexOfAny(double.PositiveInfinity, double.NegativeInfinity) >= 0)
            Reject(candle, candle.Timestamp, ValidationRules.NotFinite, "The provider sent a number beyond the range of doubles.");
        else
            Append(candle);
    }

    private void Reject(in Candle candle, DateTime? time, string reason, string detail) =>
        Rejected.Add(new RejectedBar(time, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, reason, detail));

    private void Grow()
    {
        var larger = ArrayPool<Candle>.Shared.Rent(_candles.Length * 2);
        Candles.CopyTo(larger);
        ArrayPool<Candle>.Shared.Return(_candles);
        _candles = larger;
    }
}
