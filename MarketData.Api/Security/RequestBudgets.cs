using System.Collections.Concurrent;

namespace MarketData.Api.Security;

/// <summary>Counts requests by caller in windows of a minute. Each replica counts for itself.</summary>
public sealed class RequestBudgets(TimeProvider time)
{
    /// <summary>How long a window is.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private ConcurrentDictionary<string, int> _used = new();
    private long _window;

    /// <summary>Takes one request out of a caller's budget.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="limit">Requests that it has a minute.</param>
    public RequestBudget Take(string caller, int limit)
    {
        var now = time.GetUtcNow().UtcTicks;
        var window = now / Window.Ticks;
        if (Interlocked.Exchange(ref _window, window) != window)
            _used = new();
        var used = _used.AddOrUpdate(caller, 1, static (_, count) => count + 1);
        var resetIn = TimeSpan.FromTicks(((window + 1) * Window.Ticks) - now);
        return new(limit, Math.Max(0, limit - used), used <= limit, (int)Math.Ceiling(resetIn.TotalSeconds));
    }

    /// <summary>Gives back what was taken last: the request was not the caller's to pay.</summary>
    public void GiveBack(string caller) => _used.AddOrUpdate(caller, 0, static (_, count) => Math.Max(0, count - 1));
}
