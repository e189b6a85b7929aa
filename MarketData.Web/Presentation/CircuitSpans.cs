using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The states that a circuit went through, as stretches of time.</summary>
public static class CircuitSpans
{
    /// <summary>A stretch in one state.</summary>
    /// <param name="State">closed, open, half_open or isolated.</param>
    /// <param name="From">When it began, or the beginning of the window.</param>
    /// <param name="To">When it ended, or now.</param>
    public sealed record Span(string State, DateTimeOffset From, DateTimeOffset To);

    /// <summary>The stretches between two instants, oldest first, without holes.</summary>
    /// <param name="current">The state now.</param>
    /// <param name="changes">The changes, newest first.</param>
    /// <param name="start">The beginning of the window.</param>
    /// <param name="now">Its end.</param>
    public static IReadOnlyList<Span> Between(
        string current, IReadOnlyList<CircuitTransition> changes, DateTimeOffset start, DateTimeOffset now)
    {
        var spans = new List<Span>();
        var (state, end) = (current, now);
        foreach (var change in changes)
        {
            if (change.ChangedAt <= start)
                break;
            if (change.ChangedAt < end)
                spans.Insert(0, new Span(state, change.ChangedAt, end));
            (state, end) = (change.FromState, change.ChangedAt < end ? change.ChangedAt : end);
        }

        if (end > start)
            spans.Insert(0, new Span(state, start, end));
        return spans;
    }
}
