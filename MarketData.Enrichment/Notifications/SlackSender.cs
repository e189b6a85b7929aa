using MarketData.Storage.Notifications;

namespace MarketData.Enrichment.Notifications;

/// <summary>Posts to an incoming webhook of Slack, in the plainest form, which Mattermost, Rocket.Chat and Discord take too.</summary>
public sealed class SlackSender(ReceiverClient client, MessageWords words) : IMessageSender
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <inheritdoc/>
    public string Kind => ReceiverKinds.Slack;

    /// <inheritdoc/>
    public async Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var link = words.LinkOf(delivery.Occasion) is { } address ? $"\n<{address}|Open the dashboard>" : "";
        using var content = JsonContent.Create(new { text = $"*{Escaped(delivery.Title)}*\n{Escaped(delivery.Body)}{link}" });
        // Slack knows no chunked bodies of unknown length.
        await content.LoadIntoBufferAsync(cancellation);
        await client.PostAsync(delivery.Address!, content, NoHeaders, cancellation);
    }

    private static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
