using System.Diagnostics;

namespace MarketData.Benchmarks;

/// <summary>Times ours and the baseline in alternating rounds, so that what else the machine does hits both alike.</summary>
internal static class Rounds
{
    /// <summary>Medians of as many rounds of each, in seconds, after one unmeasured round of each.</summary>
    public static async Task<(double Ours, double Baseline)> AlternateAsync(int rounds, Func<Task<double>> ours, Func<Task<double>> baseline)
    {
        await ours();
        await baseline();
        var (own, other) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            own[round] = await ours();
            other[round] = await baseline();
        }

        return (Median(own), Median(other));
    }

    /// <summary>
    /// Medians of as many rounds of each, in seconds of processor time, each round long enough to be timed: for what computes on one core and
    /// waits for nothing, so that other programs on the machine count less.
    /// </summary>
    public static (double Ours, double Baseline) Alternate(int rounds, Action ours, Action baseline)
    {
        // Two rounds show that it works, and are not waited for.
        var effort = rounds > 2 ? 1 : 0.1;
        var (ownTimes, otherTimes) = (Repetitions(ours, effort), Repetitions(baseline, effort));
        var (own, other) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            own[round] = Time(ours, ownTimes);
            other[round] = Time(baseline, otherTimes);
        }

        return (Median(own), Median(other));
    }

    /// <summary>The middle value; between the two middle ones where there are two.</summary>
    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Seconds that an action took.</summary>
    public static async Task<double> TimeAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Runs until the tiered compiler is done with it, and says how often it fits a tenth of a second.
    private static int Repetitions(Action action, double effort)
    {
        var warm = Stopwatch.StartNew();
        var times = 0;
        while (times < 3 || warm.Elapsed.TotalSeconds < 0.7 * effort || (times < 100 && warm.Elapsed.TotalSeconds < 3 * effort))
        {
            action();
            times++;
        }

        return (int)Math.Clamp(0.1 * effort / Time(action, Math.Max(1, times / 10)), 1, 1e6);
    }

    private static double Time(Action action, int times)
    {
        var best = double.MaxValue;
        for (var sample = 0; sample < 3; sample++)
        {
            var start = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < times; i++)
                action();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds / times);
        }

        return best;
    }
}
