using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>
/// How fast the machine is at this moment. What the dashboard promises, it promises on a machine that has time for it; where even a
/// bare request takes a tenth of a second, the promise is held to ten of them.
/// </summary>
internal static class Pace
{
    private const double Second = 1_000;
    private const double Requests = 10;

    /// <summary>A second, or more on a machine that is busy right now. Milliseconds.</summary>
    public static async Task<double> SecondAsync(DashboardPage page) => Math.Max(Second, Requests * await page.Page.EvaluateAsync<double>(
        """
        async () => {
            const began = performance.now();
            await (await fetch('/alive', { cache: 'no-store' })).text();
            await new Promise(requestAnimationFrame);
            return performance.now() - began;
        }
        """));
}
