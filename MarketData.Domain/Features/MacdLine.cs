using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>The MACD line under way.</summary>
internal struct MacdLine
{
    /// <summary>Closes before one that its value depends on.</summary>
    public static int Memory => ExponentialAverage.Memory(2.0 / 27, 26);

    private ExponentialAverage _fast;
    private ExponentialAverage _slow;

    /// <summary>Takes in a close; NaN until both averages have begun.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double close) => _fast.Next(close, 12) - _slow.Next(close, 26);
}
