using System.Globalization;

namespace MarketData.Benchmarks.Runs;

/// <summary>How long processes have kept a processor busy.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Of a process, its children, and those that have ended; seconds. Source: proc(5), /proc/pid/stat: fields 14 to 17.</summary>
    public static double SecondsOf(int parent)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // Ended since it was listed; its parent counts it.
                continue;
            }

            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var isParent = Path.GetFileName(folder) == parent.ToString(CultureInfo.InvariantCulture);
            if (isParent || fields[1] == parent.ToString(CultureInfo.InvariantCulture))
                ticks += fields[11..(isParent ? 15 : 13)].Sum(long.Parse);
        }

        return ticks / TicksPerSecond;
    }
}
