using System.Text;
using MarketData.Storage.Events;

namespace MarketData.Api.Events;

/// <summary>What became visible between two positions, in the order of its numbers, written once for all who listen.</summary>
/// <param name="From">The position before it.</param>
/// <param name="Next">The position after it.</param>
/// <param name="Events">The events; none in a heartbeat.</param>
public sealed record EventBatch(EventPosition From, EventPosition Next, IReadOnlyList<StoredEvent> Events)
{
    private static readonly byte[] Heartbeat = ": still here\n\n"u8.ToArray();

    /// <summary>The batch as a part of a <c>text/event-stream</c>; a comment when there is nothing in it.</summary>
    public ReadOnlyMemory<byte> Text { get; } = Events.Count == 0 ? Heartbeat : Write(From, Next, Events, isWhole: true);

    /// <summary>Writes events whose listener has read to <paramref name="from"/>.</summary>
    /// <param name="from">What the listener has read.</param>
    /// <param name="next">What it has read after all events that became visible in between.</param>
    /// <param name="events">Events of that stretch, in the order of their numbers, from the first one on that it has not read.</param>
    /// <param name="isWhole">Whether these are all that are left of the stretch.</param>
    public static byte[] Write(EventPosition from, EventPosition next, IReadOnlyList<StoredEvent> events, bool isWhole)
    {
        var text = new StringBuilder();
        for (var i = 0; i < events.Count; i++)
        {
            var id = isWhole && i == events.Count - 1 ? next : from.Within(next.Seen, events[i].Id);
            text.Append("id: ").Append(id).Append("\nevent: ").Append(events[i].Kind).Append("\ndata: ").Append(events[i].Payload)
                .Append("\n\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Tells a listener how far it has read, without an event.</summary>
    public static byte[] WritePosition(EventPosition position) => Encoding.UTF8.GetBytes($"id: {position}\n\n");
}
