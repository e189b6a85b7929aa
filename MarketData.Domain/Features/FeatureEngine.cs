using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// Computes all features of one series, in time order, split-adjusted candles in and a row of values out for each. Fed in parts, or put aside
/// with <see cref="SaveState"/> and taken up again, it gives the same bits as fed at once. Not for two threads at once.
/// </summary>
public sealed class FeatureEngine
{
    private const int Columns = 4;
    private readonly FeatureComputation[] _computations;
    private readonly ulong _identity;
    private readonly long[] _ticks = NewColumn(long.MinValue / 2);
    private readonly double[] _closes = NewColumn(double.NaN);
    private readonly double[] _volumes = NewColumn(double.NaN);
    private readonly double[] _logReturns = NewColumn(double.NaN);

    /// <summary>An engine at the beginning of a series.</summary>
    public FeatureEngine(AssetClass assetClass, BarInterval interval)
    {
        var series = new SeriesTraits(assetClass, interval);
        Features = FeatureCatalogue.For(assetClass);
        _computations = [.. Features.Select(feature => feature.Begin(series))];
        _identity = Identity(Features, interval);
    }

    /// <summary>The features computed, in the order of the table's columns.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>An engine that goes on from a saved state.</summary>
    /// <returns>The engine; null when the state is of other features, other versions of them, or another interval: then begin anew.</returns>
    public static FeatureEngine? Resume(AssetClass assetClass, BarInterval interval, ReadOnlySpan<byte> state)
    {
        var engine = new FeatureEngine(assetClass, interval);
        if (state.Length != engine.StateSize() || BinaryPrimitives.ReadUInt64LittleEndian(state) != engine._identity)
            return null;
        state = state[sizeof(ulong)..];
        state = LoadColumn(engine._ticks, state);
        state = LoadColumn(engine._closes, state);
        state = LoadColumn(engine._volumes, state);
        state = LoadColumn(engine._logReturns, state);
        foreach (var computation in engine._computations)
        {
            computation.Load(state[..computation.StateSize]);
            state = state[computation.StateSize..];
        }

        return engine;
    }

    /// <summary>Computes the features of further candles.</summary>
    /// <param name="candles">The candles after those before, ascending.</param>
    /// <param name="table">Where a row is added for each.</param>
    public void Append(ReadOnlySpan<Candle> candles, FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.EnsureCapacity(table.Count + candles.Length);
        while (!candles.IsEmpty)
        {
            var block = candles[..Math.Min(candles.Length, FeatureBlock.Capacity)];
            AppendBlock(block, table);
            candles = candles[block.Length..];
        }
    }

    /// <summary>What has to be known to go on after the last candle.</summary>
    public byte[] SaveState()
    {
        var state = new byte[StateSize()];
        BinaryPrimitives.WriteUInt64LittleEndian(state, _identity);
        var rest = state.AsSpan(sizeof(ulong));
        rest = SaveColumn(_ticks, rest);
        rest = SaveColumn(_closes, rest);
        rest = SaveColumn(_volumes, rest);
        rest = SaveColumn(_logReturns, rest);
        foreach (var computation in _computations)
        {
            computation.Save(rest);
            rest = rest[computation.StateSize..];
        }

        return state;
    }

    private void AppendBlock(ReadOnlySpan<Candle> candles, FeatureTable table)
    {
        var start = table.Count;
        for (var i = 0; i < candles.Length; i++)
        {
            ref readonly var candle = ref candles[i];
            var at = FeatureBlock.LookBack + i;
            _ticks[at] = candle.Timestamp.Ticks;
            _closes[at] = candle.Close;
            _volumes[at] = candle.Volume;
            _logReturns[at] = Math.Log(candle.Close / _closes[at - 1]);
            table.Add(candle.Timestamp);
        }

        var length = FeatureBlock.LookBack + candles.Length;
        var block = new FeatureBlock(candles, _ticks.AsSpan(0, length), _closes.AsSpan(0, length), _volumes.AsSpan(0, length), _logReturns.AsSpan(0, length));
        for (var i = 0; i < _computations.Length; i++)
            _computations[i].Compute(block, table.Rows(i, start, candles.Length));
        KeepLast(_ticks, length);
        KeepLast(_closes, length);
        KeepLast(_volumes, length);
        KeepLast(_logReturns, length);
    }

    private int StateSize() => sizeof(ulong) + Columns * FeatureBlock.LookBack * sizeof(double) + _computations.Sum(computation => computation.StateSize);

    private static T[] NewColumn<T>(T beforeBeginning)
    {
        var column = new T[FeatureBlock.LookBack + FeatureBlock.Capacity];
        Array.Fill(column, beforeBeginning, 0, FeatureBlock.LookBack);
        return column;
    }

    private static void KeepLast<T>(T[] column, int length) =>
        column.AsSpan(length - FeatureBlock.LookBack, FeatureBlock.LookBack).CopyTo(column);

    private static Span<byte> SaveColumn<T>(T[] column, Span<byte> target) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(column.AsSpan(0, FeatureBlock.LookBack));
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }

    private static ReadOnlySpan<byte> LoadColumn<T>(T[] column, ReadOnlySpan<byte> source) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(column.AsSpan(0, FeatureBlock.LookBack));
        source[..bytes.Length].CopyTo(bytes);
        return source[bytes.Length..];
    }

    // FNV-1a over names, versions and interval: equal for equal catalogues in every process.
    private static ulong Identity(IReadOnlyList<Feature> features, BarInterval interval)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in string.Join(';', features.Select(feature => $"{feature.Name}:{feature.Version}")) + interval.Name())
            hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
