using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// Some candles in a row, with columns that reach back <see cref="LookBack"/> candles further: element <c>LookBack + i</c> of a column belongs
/// to candle <c>i</c>. Before the series' beginning the columns hold NaN, so that a window that is not full has no value by itself; after the
/// last candle they go on for <see cref="Padding"/> elements without meaning.
/// </summary>
internal readonly ref struct FeatureBlock(ReadOnlySpan<Candle> candles, FeatureColumns columns)
{
    /// <summary>How far columns reach back: the longest window.</summary>
    public const int LookBack = 64;

    /// <summary>The most candles in a block: what fits the nearer caches together with its columns.</summary>
    public const int Capacity = 256;

    /// <summary>Elements after the last candle's: a vector's.</summary>
    public const int Padding = 4;

    public ReadOnlySpan<Candle> Candles { get; } = candles;

    /// <summary>Opening instants; negative before the series' beginning.</summary>
    public ReadOnlySpan<long> Ticks { get; } = columns.Ticks;

    public ReadOnlySpan<double> Highs { get; } = columns.Highs;

    public ReadOnlySpan<double> Lows { get; } = columns.Lows;

    public ReadOnlySpan<double> Closes { get; } = columns.Closes;

    public ReadOnlySpan<double> Volumes { get; } = columns.Volumes;

    /// <summary>ln(close / close before).</summary>
    public ReadOnlySpan<double> LogReturns { get; } = columns.LogReturns;

    /// <summary>The elements of a column that belong to the block's candles.</summary>
    public ReadOnlySpan<double> Own(ReadOnlySpan<double> column) => column.Slice(LookBack, Candles.Length);

    /// <summary>The elements that belong to the candles one before the block's.</summary>
    public ReadOnlySpan<double> Before(ReadOnlySpan<double> column) => column.Slice(LookBack - 1, Candles.Length);
}
