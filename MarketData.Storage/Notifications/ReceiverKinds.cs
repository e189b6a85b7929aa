namespace MarketData.Storage.Notifications;

/// <summary>How a receiver is reached.</summary>
public static class ReceiverKinds
{
    /// <summary>JSON is posted to an address, signed.</summary>
    public const string Webhook = "webhook";

    /// <summary>An incoming webhook of Slack, or of what takes its messages: Mattermost, Rocket.Chat, Discord.</summary>
    public const string Slack = "slack";

    /// <summary>E-mail.</summary>
    public const string Email = "email";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Webhook, Slack, Email];
}
