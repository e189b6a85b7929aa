namespace MarketData.Domain.Features;

/// <summary>
/// A function of a window of any length over one column. Of a window that is longer than what blocks look back to it keeps the values itself; it
/// can't be put aside and taken up again.
/// </summary>
internal sealed class LongWindow : FeatureComputation
{
    private readonly int _length;
    private readonly Column _column;
    private readonly Function _function;
    private readonly double[] _values;

    private LongWindow(int length, Column column, Function function)
    {
        (_length, _column, _function) = (length, column, function);
        _values = new double[length + FeatureBlock.Capacity + FeatureBlock.Padding];
        _values.AsSpan(0, length).Fill(double.NaN);
    }

    /// <summary>The column of a block that it is a function of.</summary>
    public delegate ReadOnlySpan<double> Column(in FeatureBlock block);

    /// <summary>Computes a value for each candle; element <c>lookBack + i</c> of the column belongs to candle <c>i</c>.</summary>
    public delegate void Function(ReadOnlySpan<double> column, int length, Span<double> values, int lookBack);

    /// <summary>The computation over a window of so many candles.</summary>
    public static FeatureComputation Begin(int length, Column column, Function function) => length <= FeatureBlock.LookBack
        ? new WindowComputation((in block, values) => function(column(block), length, values, FeatureBlock.LookBack))
        : new LongWindow(length, column, function);

    /// <inheritdoc/>
    public override int StateSize => throw new NotSupportedException("A window of this length keeps no state.");

    public override void Compute(in FeatureBlock block, Span<double> values)
    {
        block.Own(_column(block)).CopyTo(_values.AsSpan(_length));
        _function(_values, _length, values, _length);
        _values.AsSpan(values.Length, _length).CopyTo(_values);
    }
}
