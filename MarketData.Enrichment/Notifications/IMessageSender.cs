using MarketData.Storage.Notifications;

namespace MarketData.Enrichment.Notifications;

/// <summary>Hands messages to receivers of one kind.</summary>
public interface IMessageSender
{
    /// <summary>The kind, one of <see cref="ReceiverKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Hands over a message, once.</summary>
    /// <exception cref="DeliveryException">The receiver did not take it.</exception>
    Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellation);
}
