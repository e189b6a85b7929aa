using System.Collections.Concurrent;

namespace MarketData.AppHost.Local.Processes;

/// <summary>Passes a process' lines on and remembers the last few, to say what a process said before it died.</summary>
/// <param name="log">Told every line.</param>
/// <param name="capacity">How many lines are remembered.</param>
internal sealed class RecentLines(Action<string> log, int capacity = 5)
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Takes one line.</summary>
    public void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > capacity)
            _lines.TryDequeue(out _);
        log(line);
    }

    /// <summary>The remembered lines, oldest first, as one.</summary>
    public override string ToString() => string.Join(" / ", _lines.Select(line => line.Trim()));
}
