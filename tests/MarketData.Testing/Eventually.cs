using System.Diagnostics;

namespace MarketData.Testing;

/// <summary>Waits for what has to become true.</summary>
public static class Eventually
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task BecomesAsync(Func<bool> condition, TimeSpan within, CancellationToken cancellation) =>
        BecomesAsync(() => Task.FromResult(condition()), within, cancellation);

    /// <summary>Returns as soon as the condition holds; an HTTP request that fails means that it does not hold yet.</summary>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task BecomesAsync(Func<Task<bool>> condition, TimeSpan within, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var pause = FirstPause;
        while (!await HoldsAsync(condition))
        {
            if (elapsed.Elapsed > within)
                throw new TimeoutException($"What was waited for did not happen within {within.TotalSeconds:0} s.");
            await Task.Delay(pause, cancellation);
            // What takes long is not hastened by being asked for all the time.
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
