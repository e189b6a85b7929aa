using System.Runtime.InteropServices;

namespace MarketData.Domain.Features;

/// <summary>Feature values by column, one row a candle; NaN stands for null, labelled features are held as −1, 0, 1.</summary>
public sealed class FeatureTable
{
    private readonly List<DateTime> _timestamps = [];
    private readonly Dictionary<Feature, int> _positions;
    private readonly double[][] _columns;

    /// <summary>An empty table.</summary>
    /// <param name="features">Its columns.</param>
    public FeatureTable(IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Features = features;
        _columns = [.. features.Select(_ => Array.Empty<double>())];
        _positions = features.Select((feature, i) => (feature, i)).ToDictionary(pair => pair.feature, pair => pair.i);
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>Rows.</summary>
    public int Count => _timestamps.Count;

    /// <summary>The candles' opening instants, UTC.</summary>
    public ReadOnlySpan<DateTime> Timestamps => CollectionsMarshal.AsSpan(_timestamps);

    /// <summary>The values of a feature.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public ReadOnlySpan<double> Column(Feature feature) => _columns[_positions[feature]].AsSpan(0, Count);

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

    internal void Add(DateTime timestamp) => _timestamps.Add(timestamp);

    internal Span<double> Rows(int column, int start, int count) => _columns[column].AsSpan(start, count);
}
