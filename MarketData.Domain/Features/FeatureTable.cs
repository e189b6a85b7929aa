using System.Runtime.InteropServices;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>Feature values by column, one row a candle; NaN stands for null, labelled features are held as −1, 0, 1.</summary>
public sealed class FeatureTable
{
    private readonly List<DateTime> _timestamps = [];
    private readonly double[][] _columns;

    /// <summary>An empty table.</summary>
    /// <param name="features">Its columns.</param>
    public FeatureTable(IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Features = features;
        _columns = new double[features.Count][];
        Array.Fill(_columns, []);
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>Rows.</summary>
    public int Count => _timestamps.Count;

    /// <summary>The candles' opening instants, UTC.</summary>
    public ReadOnlySpan<DateTime> Timestamps => CollectionsMarshal.AsSpan(_timestamps);

    /// <summary>The values of a feature.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public ReadOnlySpan<double> Column(Feature feature)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (Features[i] == feature)
                return Column(i);
        }

        throw new KeyNotFoundException($"The table has no column {feature?.Name}.");
    }

    /// <summary>The position of the feature of a name among <see cref="Features"/>; -1 where there is none.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (Features[i].Name == name)
                return i;
        }

        return -1;
    }

    /// <summary>The values of the feature at that position of <see cref="Features"/>.</summary>
    public ReadOnlySpan<double> Column(int position) => _columns[position].AsSpan(0, Count);

    /// <summary>How many values there are, those that are null not counted.</summary>
    public int CountValues()
    {
        var values = 0;
        foreach (var column in _columns)
        {
            foreach (var value in column.AsSpan(0, Count))
                values += double.IsNaN(value) ? 0 : 1;
        }

        return values;
    }

    /// <summary>Takes all rows out; the memory is kept for the next ones.</summary>
    public void Clear() => _timestamps.Clear();

    /// <summary>Makes room for rows to come.</summary>
    public void EnsureCapacity(int rows)
    {
        _timestamps.EnsureCapacity(rows);
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Length < rows)
                Array.Resize(ref _columns[i], Math.Max(rows, _columns[i].Length * 2));
        }
    }

    internal void Add(ReadOnlySpan<Candle> candles)
    {
        var start = Count;
        CollectionsMarshal.SetCount(_timestamps, start + candles.Length);
        var timestamps = CollectionsMarshal.AsSpan(_timestamps)[start..];
        for (var i = 0; i < timestamps.Length; i++)
            timestamps[i] = candles[i].Timestamp;
    }

    internal Span<double> Rows(int column, int start, int count) => _columns[column].AsSpan(start, count);
}
