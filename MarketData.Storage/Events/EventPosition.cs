using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MarketData.Storage.Events;

/// <summary>
/// How far a listener has read the events. Transactions commit in another order than they number their events, so a number alone would
/// skip whatever commits late. A position is therefore a snapshot, "everything visible in it was read", and within a batch also the
/// next snapshot and the last event read of what became visible in between. It holds for every replica of the Api, and costs no delay. After a
/// failover it means nothing: the new primary may lack transactions that the snapshot saw, and gives their numbers to others.
/// </summary>
public sealed record EventPosition
{
    private const char Separator = '~';
    private const char AfterTimeline = '.';

    private EventPosition(int timeline, string seen, string? reading, long lastRead) =>
        (Timeline, Seen, Reading, LastRead) = (timeline, seen, reading, lastRead);

    /// <summary>The server's timeline: another one after each failover.</summary>
    public int Timeline { get; }

    /// <summary>Every event visible in this snapshot was read.</summary>
    public string Seen { get; }

    /// <summary>The snapshot of the batch being read; null between batches.</summary>
    public string? Reading { get; }

    /// <summary>The last event read of that batch; 0 before the first.</summary>
    public long LastRead { get; }

    /// <summary>After everything that is visible in a snapshot of a timeline.</summary>
    public static EventPosition After(int timeline, string snapshot) => new(timeline, snapshot, null, 0);

    /// <summary>Within the batch of what is visible in <paramref name="reading"/> and was not at this position.</summary>
    public EventPosition Within(string reading, long lastRead) => new(Timeline, Seen, reading, lastRead);

    /// <summary>Whether everything that a transaction wrote was visible in the snapshot <see cref="Seen"/>.</summary>
    public bool Includes(long xid)
    {
        var parts = Seen.Split(':');
        var (xmin, xmax) = (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
        return xid < xmin || (xid < xmax && !parts[2].Split(',').Contains(xid.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>Whether <paramref name="text"/> is a position.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EventPosition? position)
    {
        position = null;
        if (text is not { Length: <= 4000 } || text.Split(AfterTimeline, 2) is not [var number, var snapshots]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var timeline))
            return false;
        var parts = snapshots.Split(Separator);
        if (parts is [var seen] && IsSnapshot(seen))
            position = After(timeline, seen);
        else if (parts is [var before, var reading, var last] && IsSnapshot(before) && IsSnapshot(reading)
            && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var lastRead))
            position = new EventPosition(timeline, before, reading, lastRead);
        return position is not null;
    }

    /// <summary>The position as text without spaces, fit for an HTTP header.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Timeline}{AfterTimeline}{(Reading is null ? Seen : $"{Seen}{Separator}{Reading}{Separator}{LastRead}")}");

    // As PostgreSQL writes one: xmin:xmax:xip,… with xmin ≤ each xip < xmax, ascending. Anything else would be an error over there.
    private static bool IsSnapshot(string text)
    {
        if (text.Split(':') is not [var xmin, var xmax, var xips] || !TryReadId(xmin, out var lowest) || !TryReadId(xmax, out var end) || lowest > end)
            return false;
        var previous = 0L;
        foreach (var xip in xips.Length == 0 ? [] : xips.Split(','))
        {
            if (!TryReadId(xip, out var id) || id < lowest || id >= end || id <= previous)
                return false;
            previous = id;
        }

        return true;
    }

    private static bool TryReadId(string text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
}
