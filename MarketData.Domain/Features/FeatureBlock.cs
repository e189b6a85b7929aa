using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// Some candles in a row, with columns that reach back <see cref="LookBack"/> candles further: element <c>LookBack + i</c> of a column belongs
/// to candle <c>i</c>. Before the series' beginning the columns hold NaN, so that a window that is not full has no value by itself.
/// </summary>
internal readonly ref struct FeatureBlock(
    ReadOnlySpan<Candle> candles, ReadOnlySpan<long> ticks, ReadOnlySpan<double> closes, ReadOnlySpan<double> volumes, ReadOnlySpan<double> logReturns)
{
    /// <summary>How far columns reach back: the longest window.</summary>
    public const int LookBack = 64;

    /// <summary>The most candles in a block: what fits the nearer caches together with its columns.</summary>
    public const int Capacity = 256;

    public ReadOnlySpan<Candle> Candles { get; } = candles;

    /// <summary>Opening instants; negative before the series' beginning.</summary>
    public ReadOnlySpan<long> Ticks { get; } = ticks;

    public ReadOnlySpan<double> Closes { get; } = closes;

    public ReadOnlySpan<double> Volumes { get; } = volumes;

    /// <summary>ln(close / close before).</summary>
    public ReadOnlySpan<double> LogReturns { get; } = logReturns;

    /// <summary>The <paramref name="length"/> elements of a column that end with candle <paramref name="i"/>.</summary>
    public static ReadOnlySpan<double> Window(ReadOnlySpan<double> column, int i, int length) => column.Slice(LookBack + i + 1 - length, length);
}
