using System.Buffers.Binary;
using System.Collections.Concurrent;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// Computes all features of one series, in time order, split-adjusted candles in and a row of values out for each. Fed in parts, or put aside
/// with <see cref="SaveState"/> and taken up again, it gives the same bits as fed at once. Not for two threads at once.
/// </summary>
public sealed class FeatureEngine
{
    private static readonly ConcurrentDictionary<(AssetClass, BarInterval), ulong> Identities = new();

    private readonly FeatureColumns _columns = new();
    private readonly FeatureComputation[] _computations;
    private readonly ulong? _identity;

    /// <summary>An engine at the beginning of a series.</summary>
    public FeatureEngine(Instrument instrument, BarInterval interval)
        : this(instrument, interval, FeatureCatalogue.For(instrument.AssetClass)) =>
        _columns.Reset();

    /// <summary>An engine of some features, at the beginning of a series whose bars may be of any length; it can't be put aside.</summary>
    public FeatureEngine(Instrument instrument, Timeframe timeframe, IReadOnlyList<Feature> features)
        : this(new SeriesTraits(instrument, timeframe), features) =>
        _columns.Reset();

    private FeatureEngine(SeriesTraits series, IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Features = features;
        _computations = new FeatureComputation[features.Count];
        for (var i = 0; i < _computations.Length; i++)
            _computations[i] = features[i].Begin(series);
    }

    private FeatureEngine(Instrument instrument, BarInterval interval, IReadOnlyList<Feature> features)
        : this(new SeriesTraits(instrument, Timeframe.Of(interval)), features)
    {
        _identity = Identities.GetOrAdd(
            (instrument.AssetClass, interval), static (key, features) => Identity(features, key.Item2), features);
    }

    /// <summary>The features computed, in the order of the table's columns.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>Whether a saved state is one to go on from: of the same features, the same versions of them, and the same interval.</summary>
    public static bool CanResume(Instrument instrument, BarInterval interval, ReadOnlySpan<byte> state) => state.Length > sizeof(ulong)
        && BinaryPrimitives.ReadUInt64LittleEndian(state) == Identities.GetOrAdd(
            (instrument.AssetClass, interval), static key => Identity(FeatureCatalogue.For(key.Item1), key.Item2));

    /// <summary>An engine that goes on from a saved state.</summary>
    /// <returns>The engine; null when the state is of other features, other versions of them, or another interval: then begin anew.</returns>
    public static FeatureEngine? Resume(Instrument instrument, BarInterval interval, ReadOnlySpan<byte> state)
    {
        var engine = new FeatureEngine(instrument, interval, FeatureCatalogue.For(instrument.AssetClass));
        if (state.Length != engine.StateSize() || BinaryPrimitives.ReadUInt64LittleEndian(state) != engine._identity)
            return null;
        state = state[sizeof(ulong)..];
        state = engine._columns.Load(state);
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
    /// <exception cref="InvalidOperationException">The engine is one of some features.</exception>
    public byte[] SaveState()
    {
        if (_identity is not { } identity)
            throw new InvalidOperationException("Only an engine of all features of an interval can be put aside.");
        var state = new byte[StateSize()];
        BinaryPrimitives.WriteUInt64LittleEndian(state, identity);
        var rest = _columns.Save(state.AsSpan(sizeof(ulong)));
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
        _columns.Fill(candles);
        table.Add(candles);
        var block = new FeatureBlock(candles, _columns);
        for (var i = 0; i < _computations.Length; i++)
            _computations[i].Compute(block, table.Rows(i, start, candles.Length));
        _columns.Advance(candles.Length);
    }

    private int StateSize()
    {
        var size = sizeof(ulong) + FeatureColumns.StateSize;
        foreach (var computation in _computations)
            size += computation.StateSize;
        return size;
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
