using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// The columns of a <see cref="FeatureBlock"/>, filled block after block; what the next block looks back to is carried over. Each is followed
/// by room for one vector more, so that whole vectors can be read up to the last candle.
/// </summary>
internal sealed class FeatureColumns
{
    private const int NumberColumns = 5;

    // Most engines take up a state to add a few candles: room for a whole block is made when one comes.
    private const int SmallCapacity = 16;

    private int _stride;
    private long[] _ticks = [];
    private double[] _numbers = [];

    public FeatureColumns() => Allocate(SmallCapacity);

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int StateSize = (1 + NumberColumns) * FeatureBlock.LookBack * sizeof(double);

    public ReadOnlySpan<long> Ticks => _ticks;

    public ReadOnlySpan<double> Highs => Column(0);

    public ReadOnlySpan<double> Lows => Column(1);

    public ReadOnlySpan<double> Closes => Column(2);

    public ReadOnlySpan<double> Volumes => Column(3);

    public ReadOnlySpan<double> LogReturns => Column(4);

    /// <summary>Makes the columns those of a series' beginning.</summary>
    public void Reset()
    {
        _ticks.AsSpan(0, FeatureBlock.LookBack).Fill(long.MinValue / 2);
        for (var column = 0; column < NumberColumns; column++)
            Column(column)[..FeatureBlock.LookBack].Fill(double.NaN);
    }

    /// <summary>Takes in the candles of a block.</summary>
    public void Fill(ReadOnlySpan<Candle> candles)
    {
        if (FeatureBlock.LookBack + candles.Length + FeatureBlock.Padding > _stride)
            Grow();
        var ticks = _ticks.AsSpan(FeatureBlock.LookBack, candles.Length);
        var highs = Column(0);
        var lows = Column(1);
        var closes = Column(2);
        var volumes = Column(3);
        for (var i = 0; i < ticks.Length; i++)
        {
            ref readonly var candle = ref candles[i];
            var at = FeatureBlock.LookBack + i;
            ticks[i] = candle.Timestamp.Ticks;
            highs[at] = candle.High;
            lows[at] = candle.Low;
            closes[at] = candle.Close;
            volumes[at] = candle.Volume;
        }

        FillLogReturns(candles.Length);
    }

    /// <summary>Keeps what the block after one of so many candles looks back to.</summary>
    public void Advance(int count)
    {
        _ticks.AsSpan(count, FeatureBlock.LookBack).CopyTo(_ticks);
        for (var column = 0; column < NumberColumns; column++)
            Column(column).Slice(count, FeatureBlock.LookBack).CopyTo(Column(column));
    }

    /// <summary>Writes what the next block looks back to.</summary>
    public Span<byte> Save(Span<byte> target)
    {
        MemoryMarshal.AsBytes(_ticks.AsSpan(0, FeatureBlock.LookBack)).CopyTo(target);
        for (var column = 0; column < NumberColumns; column++)
            MemoryMarshal.AsBytes(Column(column)[..FeatureBlock.LookBack]).CopyTo(target[((1 + column) * FeatureBlock.LookBack * sizeof(double))..]);
        return target[StateSize..];
    }

    /// <summary>Reads what was saved.</summary>
    public ReadOnlySpan<byte> Load(ReadOnlySpan<byte> source)
    {
        const int length = FeatureBlock.LookBack * sizeof(double);
        source[..length].CopyTo(MemoryMarshal.AsBytes(_ticks.AsSpan()));
        for (var column = 0; column < NumberColumns; column++)
            source.Slice((1 + column) * length, length).CopyTo(MemoryMarshal.AsBytes(Column(column)));
        return source[StateSize..];
    }

    // Always by whole vectors: the logarithm of a vector and that of a single number need not have the same last bit.
    private void FillLogReturns(int count)
    {
        ref var closes = ref MemoryMarshal.GetReference(Column(2));
        ref var returns = ref MemoryMarshal.GetReference(Column(4));
        for (var at = FeatureBlock.LookBack; at < FeatureBlock.LookBack + count; at += Vector256<double>.Count)
        {
            var ratios = Vector256.LoadUnsafe(ref closes, (nuint)at) / Vector256.LoadUnsafe(ref closes, (nuint)at - 1);
            Vector256.Log(ratios).StoreUnsafe(ref returns, (nuint)at);
        }
    }

    private void Grow()
    {
        var (ticks, numbers, stride) = (_ticks, _numbers, _stride);
        Allocate(FeatureBlock.Capacity);
        ticks.AsSpan(0, FeatureBlock.LookBack).CopyTo(_ticks);
        for (var column = 0; column < NumberColumns; column++)
            numbers.AsSpan(column * stride, FeatureBlock.LookBack).CopyTo(Column(column));
    }

    private void Allocate(int capacity)
    {
        _stride = FeatureBlock.LookBack + capacity + FeatureBlock.Padding;
        _ticks = GC.AllocateUninitializedArray<long>(_stride);
        _numbers = GC.AllocateUninitializedArray<double>(NumberColumns * _stride);
    }

    private Span<double> Column(int number) => _numbers.AsSpan(number * _stride, _stride);
}
