using MarketData.Enrichment.Notifications;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Notifications;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Follows the rules of notifications, and sends what there is to tell, also while the scheduler is paused.</summary>
public sealed class NotificationWork(
    IncidentStore incidents, ReceiverStore receivers, OutboxStore outbox, NotificationSender sender, NodeLoop loop, IOptions<NotificationOptions> options)
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(15);

    /// <summary>Works until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(
        loop.RunAsync("following of notification rules", options.Value.EvaluationInterval, FollowAsync, stopping),
        loop.RunAsync("sending of notifications", ReconnectDelay, SendAsync, stopping));

    private Task FollowAsync(CancellationToken cancellation) =>
        incidents.FollowAsync(options.Value.EvaluationInterval, options.Value.GroupInterval, MessageWords.Compose, cancellation);

    private async Task SendAsync(CancellationToken cancellation)
    {
        await receivers.EncryptAsync(cancellation);
        await using var session = await outbox.ListenAsync(cancellation);
        while (true)
        {
            await sender.SendDueAsync(cancellation);
            var wait = await outbox.UntilDueAsync(cancellation) ?? ProbeInterval;
            // Due since, or held up by one before it, or by a node that may be lost: not at once again.
            wait = TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds, 500, ProbeInterval.TotalMilliseconds));
            // As in WorkListener: a connection that was dropped without a reset stays silent for ever.
            if (!await session.Connection.WaitAsync(wait, cancellation))
                await JobStore.ProbeAsync(session.Connection, ProbeInterval, cancellation);
        }
    }
}
