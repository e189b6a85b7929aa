using MarketData.Storage.Notifications;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Notifications;

/// <summary>
/// Sends what is in the outbox. What a node that dies has under way is another's when its lease is over, so a message comes at least once; its
/// number is the same each time.
/// </summary>
public sealed partial class NotificationSender(
    OutboxStore outbox, IEnumerable<IMessageSender> senders, NodeIdentity node, EnrichmentMetrics metrics, IOptions<NotificationOptions> options,
    TimeProvider time, ILogger<NotificationSender> log)
{
    private const int MostAtOnce = 8;

    private const string Unreadable = "Its address can't be decrypted: set Notifications:SecretKey, or Notifications:OldSecretKeys, to the key that it was "
        + "encrypted with, or give the receiver its address again.";

    private static readonly TimeSpan LeaseBeyondTimeout = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, IMessageSender> _senders = senders.ToDictionary(sender => sender.Kind);

    /// <summary>Sends all that is due.</summary>
    public async Task SendDueAsync(CancellationToken cancellation)
    {
        while (await outbox.ClaimAsync(node.Id, MostAtOnce, options.Value.Timeout + LeaseBeyondTimeout, cancellation) is { Count: > 0 } claimed)
            await Parallel.ForEachAsync(claimed, cancellation, async (delivery, stop) => await SendAsync(delivery, stop));
    }

    private async Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        try
        {
            if (!delivery.IsReadable)
                throw new DeliveryException(Unreadable);
            await _senders[delivery.Kind].SendAsync(delivery, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Another node takes it at once.
            await outbox.FailedAsync(delivery, "The node was stopped while it sent this.", TimeSpan.Zero, CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            await FailAsync(delivery, e as DeliveryException ?? Mistake(delivery, e), time.GetElapsedTime(begun));
            return;
        }

        metrics.CountNotification(delivery.Kind, delivery.Status, "delivered", time.GetElapsedTime(begun));
        // The receiver has it: a node that is told to stop notes that all the same.
        await outbox.DeliveredAsync(delivery, CancellationToken.None);
    }

    private async Task FailAsync(ClaimedDelivery delivery, DeliveryException failure, TimeSpan took)
    {
        // Whoever tests a receiver waits for what comes of it.
        var isEnd = failure.IsFinal || delivery.Status == "test" || delivery.Attempt >= options.Value.MaxAttempts;
        metrics.CountNotification(delivery.Kind, delivery.Status, isEnd ? "failed" : "retried", took);
        if (isEnd)
            LogGivenUp(delivery.Id, delivery.Receiver, delivery.Attempt, failure.Message);
        else
            LogRetried(delivery.Id, delivery.Receiver, delivery.Attempt, failure.Message);
        await outbox.FailedAsync(
            delivery, failure.Message, isEnd ? null : options.Value.DelayAfter(delivery.Attempt, Random.Shared.NextDouble(), failure.RetryAfter),
            CancellationToken.None);
    }

    private DeliveryException Mistake(ClaimedDelivery delivery, Exception cause)
    {
        LogMistake(delivery.Id, delivery.Receiver, cause);
        return new($"This service failed to send it: {cause.GetType().Name}. Its log has more.", inner: cause);
    }

    [LoggerMessage(LogLevel.Error, "Notification {Delivery} to {Receiver} could not be sent by a mistake of this service")]
    private partial void LogMistake(long delivery, string receiver, Exception cause);

    [LoggerMessage(LogLevel.Warning, "Notification {Delivery} to {Receiver} failed at attempt {Attempt} and is tried again. {Reason}")]
    private partial void LogRetried(long delivery, string receiver, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "Notification {Delivery} to {Receiver} was given up after attempt {Attempt}. {Reason}")]
    private partial void LogGivenUp(long delivery, string receiver, int attempt, string reason);
}
