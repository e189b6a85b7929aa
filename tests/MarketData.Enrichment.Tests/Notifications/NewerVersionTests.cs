using MarketData.Storage.Notifications;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>Rules and receivers that a newer version of the system has are left to its nodes, and keep nobody from what this one knows.</summary>
public sealed class NewerVersionTests(PostgresServer server) : NotificationTestBase(server)
{
    [Fact]
    public async Task A_rule_about_what_a_newer_version_knows_keeps_no_other_from_being_followed()
    {
        var mailbox = await ReceiverAsync("People", ReceiverKinds.Email, null, "people@example.com");
        var newer = await RuleAsync(Occasions.CircuitOpen, receivers: mailbox.Id);
        await ExecuteAsync("ALTER TABLE notification_rules DROP CONSTRAINT notification_rules_occasion_check");
        await ExecuteAsync("UPDATE notification_rules SET occasion = 'disk_nearly_full' WHERE id = @newer", new { newer });
        await RuleAsync(Occasions.SymbolStale, receivers: mailbox.Id);
        await JudgeAsync("stale", "AAPL");

        await FollowAsync();

        (await MessagesAsync()).ShouldBe(["firing AAPL is stale"]);
        (await ScalarAsync<bool>("SELECT evaluated_at IS NULL FROM notification_rules WHERE id = @newer", new { newer })).ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_to_a_kind_of_receiver_that_a_newer_version_knows_waits_for_its_nodes()
    {
        var newer = await ReceiverAsync("Pager", ReceiverKinds.Slack, "https://pager.example.com/");
        await ExecuteAsync("ALTER TABLE notification_receivers DROP CONSTRAINT notification_receivers_kind_check");
        await ExecuteAsync("UPDATE notification_receivers SET kind = 'pager' WHERE id = @Id", new { newer.Id });
        var mailbox = await ReceiverAsync("People", ReceiverKinds.Email, null, "people@example.com");
        await RuleAsync(Occasions.SymbolStale, receivers: [newer.Id, mailbox.Id]);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();

        var claimed = await Outbox.ClaimAsync("node-a", 10, LongTime, Cancellation);

        claimed.Select(delivery => delivery.Kind).ShouldBe([ReceiverKinds.Email]);
        await Outbox.DeliveredAsync(claimed[0], Cancellation);
        (await Outbox.UntilDueAsync(Cancellation)).ShouldBeNull();
        (await ScalarAsync<string>("SELECT status || ' ' || attempts FROM notification_deliveries WHERE receiver_kind = 'pager'")).ShouldBe("pending 0");
    }
}
