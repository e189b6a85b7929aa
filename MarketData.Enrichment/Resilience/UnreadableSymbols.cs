namespace MarketData.Enrichment.Resilience;

/// <summary>Which symbols' answers could lately not be read. Safe for many threads.</summary>
/// <param name="duration">How far back they are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class UnreadableSymbols(TimeSpan duration, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _symbols = [];

    /// <summary>Adds a symbol.</summary>
    /// <param name="symbol">The symbol whose answer could not be read.</param>
    /// <param name="keepsOlder">Whether those from before the duration stay: while they keep a circuit open.</param>
    /// <returns>How many different ones there are.</returns>
    public int Add(string symbol, bool keepsOlder)
    {
        lock (_gate)
        {
            if (!keepsOlder)
            {
                foreach (var (older, at) in _symbols)
                {
                    if (time.GetElapsedTime(at) > duration)
                        _symbols.Remove(older);
                }
            }

            _symbols[symbol] = time.GetTimestamp();
            return _symbols.Count;
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_gate)
            _symbols.Clear();
    }
}
