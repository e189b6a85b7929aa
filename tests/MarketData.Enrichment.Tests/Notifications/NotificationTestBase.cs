using MarketData.Enrichment.Notifications;
using MarketData.Enrichment.Tests.Scheduling;
using MarketData.Storage.Notifications;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>Rules and receivers in a database of the test's own.</summary>
public abstract class NotificationTestBase(PostgresServer server) : QueueTests(server)
{
    protected static readonly TimeSpan NoTime = TimeSpan.Zero;

    protected static readonly TimeSpan LongTime = TimeSpan.FromHours(1);

    protected RuleStore Rules => new(Database);

    protected ReceiverStore Receivers => new(Database, Cipher);

    protected virtual ReceiverCipher Cipher => ReceiverCipher.Plain;

    protected OutboxStore Outbox => new(Database, Cipher, TimeProvider.System);

    protected async Task<long> RuleAsync(string occasion, string? watchlist = null, int after = 0, string? dueBy = null, params long[] receivers) =>
        (await Rules.CreateAsync(Request(occasion, watchlist, after, dueBy, receivers), "test", Cancellation)).ShouldNotBeNull().Id;

    protected static RuleTerms Request(string occasion, string? watchlist = null, int after = 0, string? dueBy = null, params long[] receivers) => new()
    {
        Name = $"{occasion} {watchlist}",
        Occasion = occasion,
        Watchlist = watchlist,
        AfterMinutes = after,
        MinimumScore = occasion == Occasions.QualityLow ? 0.85 : null,
        DueBy = occasion == Occasions.NotFresh ? dueBy ?? "00:00" : null,
        Zone = occasion == Occasions.NotFresh ? "America/New_York" : null,
        Timeframe = occasion == Occasions.NotFresh ? "1d" : null,
        IsEnabled = true,
        Receivers = receivers,
    };

    protected async Task<NotificationReceiver> ReceiverAsync(string name, string kind, string? address, params string[] mailboxes) =>
        (await Receivers.CreateAsync(new(name, kind, address, address is null ? mailboxes : null, IsEnabled: true), "test", Cancellation)).ShouldNotBeNull();

    protected Task FollowAsync(TimeSpan grouping = default) =>
        new IncidentStore(Database).FollowAsync(NoTime, grouping, MessageWords.Compose, Cancellation);

    /// <summary>The messages so far, oldest first: their states and first lines.</summary>
    protected async Task<IReadOnlyList<string>> MessagesAsync()
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return [.. await Dapper.SqlMapper.QueryAsync<string>(connection, "SELECT status || ' ' || title FROM notification_messages ORDER BY id")];
    }

    /// <summary>Has symbols judged so.</summary>
    protected Task JudgeAsync(string health, params string[] symbols) => ExecuteAsync(
        """
        INSERT INTO symbol_status (symbol, asset_class, status, health, quality_score, error_message)
        SELECT s, 'stock', @health, @health, 0.9, CASE WHEN @health = 'error' THEN 'No provider knows it.' END FROM unnest(@symbols) AS s
        ON CONFLICT (symbol) DO UPDATE SET status = excluded.status, health = excluded.health, error_message = excluded.error_message
        """,
        new { health, symbols });
}
