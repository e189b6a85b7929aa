using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using MarketData.Enrichment.Notifications;
using MarketData.Storage.Notifications;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>Messages on their way to real receivers.</summary>
public sealed class SenderTests(PostgresServer server) : NotificationTestBase(server)
{
    [Fact]
    public async Task Each_kind_of_receiver_gets_the_message_in_its_form()
    {
        await using var world = await LocalReceivers.StartAsync();
        var webhook = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        var slack = await ReceiverAsync("chat", ReceiverKinds.Slack, $"{world.Address}/services/T0/B0/slack-secret");
        var mail = await ReceiverAsync("mail", ReceiverKinds.Email, null, "Desk <desk@example.com>", "night@example.com");
        await ExecuteAsync("UPDATE symbols SET symbol = 'A-B' WHERE symbol = 'MSFT'");
        await RuleAsync(Occasions.SymbolStale, receivers: [webhook.Id, slack.Id, mail.Id]);
        await ExecuteAsync("UPDATE notification_rules SET name = 'Old <data> & co'");
        await JudgeAsync("stale", "AAPL", "A-B");
        await FollowAsync();
        using var sender = Sender(world);

        await sender.SendDueAsync();

        var posts = world.Posts.ToDictionary(post => post.Path.Split('/')[1]);
        var message = JsonDocument.Parse(posts["hook"].Body).RootElement;
        message.GetProperty("title").GetString().ShouldBe("2 symbols are stale");
        (message.GetProperty("status").GetString(), message.GetProperty("occasion").GetString(), message.GetProperty("total").GetInt32()).ShouldBe(("firing", "symbol_stale", 2));
        message.GetProperty("subjects").EnumerateArray().Select(subject => subject.GetProperty("label").GetString()).ShouldBe(["A-B", "AAPL"]);
        message.GetProperty("subjects")[0].GetProperty("since").GetString().ShouldNotBeNull().ShouldEndWith("Z");
        message.GetProperty("dashboard_url").GetString().ShouldBe("https://marketdata.example.com/dashboard/symbols");
        var headers = posts["hook"].Headers;
        message.GetProperty("id").GetString().ShouldBe(headers["webhook-id"]);
        headers["webhook-signature"].ShouldBe(WebhookSender.Signature(
            webhook.Secret!, headers["webhook-id"], headers["webhook-timestamp"], Encoding.UTF8.GetBytes(posts["hook"].Body)));

        var text = JsonDocument.Parse(posts["services"].Body).RootElement.GetProperty("text").GetString().ShouldNotBeNull();
        text.ShouldStartWith("*2 symbols are stale*\n");
        text.ShouldContain("Old &lt;data&gt; &amp; co");
        text.ShouldEndWith("<https://marketdata.example.com/dashboard/symbols|Open the dashboard>");

        var mailed = world.Mails.ShouldHaveSingleItem();
        mailed.Subject.ShouldBe("[MarketData] 2 symbols are stale");
        mailed.To.Mailboxes.Select(mailbox => mailbox.Address).ShouldBe(["desk@example.com", "night@example.com"]);
        mailed.TextBody.ShouldNotBeNull().ShouldContain("AAPL");
        (await StatesAsync()).ShouldBe(["delivered 1", "delivered 1", "delivered 1"]);
        sender.Logged.ShouldNotContain(line => line.Contains("slack-secret", StringComparison.Ordinal));
    }

    [Fact]
    public void The_signature_is_the_one_of_the_specification()
    {
        // The example of the Standard Webhooks specification's libraries.
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        const string body = """{"test": 2432232314}""";
        WebhookSender.Signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Encoding.UTF8.GetBytes(body))
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_and_gets_the_end_after_the_beginning()
    {
        await using var world = await LocalReceivers.StartAsync();
        world.Answer = (_, before) => before switch { 0 => Results.StatusCode(503), 1 => Results.StatusCode(429), _ => Results.Ok() };
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();
        await JudgeAsync("healthy", "AAPL");
        await FollowAsync();
        using var sender = Sender(world);

        await sender.SendDueAsync();
        world.Posts.Count.ShouldBe(1);
        (await StatesAsync()).ShouldBe(["pending 1", "pending 0"]);
        for (var round = 0; round < 3; round++)
        {
            await ExecuteAsync("UPDATE notification_deliveries SET due_at = now()");
            await sender.SendDueAsync();
        }

        (await StatesAsync()).ShouldBe(["delivered 3", "delivered 1"]);
        world.Posts.Select(post => JsonDocument.Parse(post.Body).RootElement.GetProperty("status").GetString()).ShouldBe(["firing", "firing", "firing", "resolved"]);
        world.Posts.Take(3).Select(post => post.Headers["webhook-id"]).Distinct().Count().ShouldBe(1);
        var first = (await Outbox.ReadAsync(null, null, null, 10, Cancellation))[1];
        first.Attempts.Select(attempt => (attempt.Outcome, attempt.Error)).ShouldBe(
            [("retried", "It answered 503 Service Unavailable."), ("retried", "It answered 429 Too Many Requests."), ("delivered", null)]);
    }

    [Fact]
    public async Task Retries_end_and_what_was_given_up_can_be_tried_again()
    {
        await using var world = await LocalReceivers.StartAsync();
        world.Answer = (_, _) => Results.StatusCode(500);
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();
        using var sender = Sender(world, ("Notifications:MaxAttempts", "3"));
        for (var round = 0; round < 5; round++)
        {
            await ExecuteAsync("UPDATE notification_deliveries SET due_at = now()");
            await sender.SendDueAsync();
        }

        (await StatesAsync()).ShouldBe(["failed 3"]);
        world.Answer = (_, _) => Results.Ok();
        var delivery = (await Outbox.ReadAsync(DeliveryStates.Failed, receiver.Id, null, 10, Cancellation)).Single();
        (await Outbox.RetryAsync(delivery.Id, Cancellation)).ShouldBeTrue();
        (await Outbox.RetryAsync(delivery.Id, Cancellation)).ShouldBeFalse();
        await sender.SendDueAsync();

        (await StatesAsync()).ShouldBe(["delivered 1"]);
    }

    [Theory]
    [InlineData(400, "It answered 400 Bad Request.")]
    [InlineData(404, "It answered 404 Not Found.")]
    [InlineData(302, "It answered 302 Found; redirects are not followed.")]
    public async Task What_trying_again_does_not_mend_is_given_up_at_once(int status, string error)
    {
        await using var world = await LocalReceivers.StartAsync();
        world.Answer = (_, _) => status == 302 ? Results.Redirect($"{world.Address}/elsewhere") : Results.StatusCode(status);
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();
        using var sender = Sender(world);

        await sender.SendDueAsync();

        var delivery = (await Outbox.ReadAsync(null, null, null, 10, Cancellation)).Single();
        (delivery.Status, delivery.Error).ShouldBe((DeliveryStates.Failed, error));
        world.Posts.ShouldHaveSingleItem().Path.ShouldBe("/hook");
    }

    [Fact]
    public async Task A_test_is_tried_once_and_says_why_it_failed()
    {
        await using var world = await LocalReceivers.StartAsync();
        world.Answer = (_, _) => Results.StatusCode(500);
        var hook = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        var closed = await ReceiverAsync("closed", ReceiverKinds.Slack, $"http://127.0.0.1:{LocalReceivers.FreePort()}/x");
        var nobody = await ReceiverAsync("nobody", ReceiverKinds.Email, null, "nobody@example.com");
        using var sender = Sender(world);

        (await TestAsync(hook)).ShouldBe((DeliveryStates.Failed, "It answered 500 Internal Server Error."));
        (await TestAsync(closed)).ShouldBe((DeliveryStates.Failed, "It can't be connected to."));
        (await TestAsync(nobody)).Error.ShouldNotBeNull().ShouldStartWith("The mail server answered 550");
        world.Answer = (_, _) => Results.Ok();
        (await TestAsync(hook)).ShouldBe((DeliveryStates.Delivered, null));
        using var unset = Sender(world, ("Notifications:Smtp:Host", ""));
        (await TestAsync(nobody, unset)).Error.ShouldBe("No mail server is set: Notifications:Smtp:Host of the enrichment service is empty.");

        async Task<(string Status, string? Error)> TestAsync(NotificationReceiver receiver, TestSender? other = null)
        {
            var id = (await Outbox.TestAsync(receiver.Id, new("A test", "It works."), Cancellation)).ShouldNotBeNull();
            await (other ?? sender).SendDueAsync();
            var delivery = (await Outbox.WaitAsync(id, NoTime, NoTime, Cancellation)).ShouldNotBeNull();
            return (delivery.Status, delivery.Error);
        }
    }

    [Fact]
    public async Task Private_addresses_are_not_posted_to_unless_that_is_allowed()
    {
        await using var world = await LocalReceivers.StartAsync();
        var port = new Uri(world.Address).Port;
        string[] addresses = [$"http://127.0.0.1:{port}/a", $"http://localhost:{port}/b", $"http://[::ffff:127.0.0.1]:{port}/c", $"http://2130706433:{port}/d"];
        var receivers = new List<long>();
        foreach (var address in addresses)
            receivers.Add((await ReceiverAsync(address, ReceiverKinds.Webhook, address)).Id);
        await RuleAsync(Occasions.SymbolStale, receivers: [.. receivers]);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();
        using var sender = Sender(world, ("Notifications:AllowPrivateAddresses", "false"));

        await sender.SendDueAsync();

        var deliveries = await Outbox.ReadAsync(null, null, null, 10, Cancellation);
        deliveries.Select(delivery => delivery.Status).Distinct().ShouldBe([DeliveryStates.Failed]);
        deliveries.ShouldAllBe(delivery => delivery.Error!.Contains("Notifications:AllowPrivateAddresses"));
        world.Posts.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_lost_node_had_under_way_is_sent_by_another_and_the_lost_ones_word_no_longer_counts()
    {
        await using var world = await LocalReceivers.StartAsync();
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();
        var lost = (await Outbox.ClaimAsync("node-lost", 10, LongTime, Cancellation)).Single();
        using var sender = Sender(world);
        await sender.SendDueAsync();
        world.Posts.ShouldBeEmpty();

        await ExecuteAsync("UPDATE notification_deliveries SET lease_expires_at = now()");
        await sender.SendDueAsync();
        await Outbox.FailedAsync(lost, "late", null, Cancellation);

        (await StatesAsync()).ShouldBe(["delivered 2"]);
        world.Posts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_receiver_gets_nothing_any_more()
    {
        await using var world = await LocalReceivers.StartAsync();
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();

        await Receivers.DeleteAsync(receiver.Id, Cancellation);
        using var sender = Sender(world);
        await sender.SendDueAsync();

        (await StatesAsync()).ShouldBe(["dropped 0"]);
        world.Posts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_tells_by_itself_what_happens()
    {
        await using var world = await LocalReceivers.StartAsync();
        var receiver = await ReceiverAsync("hook", ReceiverKinds.Webhook, $"{world.Address}/hook");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL");
        await using var node = await Scheduling.TestNode.StartAsync(
            ConnectionString, (_, _, _) => Task.CompletedTask,
            new() { ["Notifications:EvaluationInterval"] = "00:00:01", ["Notifications:AllowPrivateAddresses"] = "true" });
        await Eventually.BecomesAsync(() => world.Posts.Count == 1, TimeSpan.FromSeconds(60), Cancellation);

        await JudgeAsync("healthy", "AAPL");

        await Eventually.BecomesAsync(() => world.Posts.Count == 2, TimeSpan.FromSeconds(60), Cancellation);
        world.Posts.Select(post => JsonDocument.Parse(post.Body).RootElement.GetProperty("status").GetString()).ShouldBe(["firing", "resolved"]);
    }

    private async Task<IReadOnlyList<string>> StatesAsync()
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return [.. await Dapper.SqlMapper.QueryAsync<string>(connection, "SELECT status || ' ' || attempts FROM notification_deliveries ORDER BY id")];
    }

    private TestSender Sender(LocalReceivers world, params (string Key, string Value)[] settings) => new(Database, world, settings);

    // The sender as the service has it.
    private sealed class TestSender : IDisposable
    {
        private readonly ServiceProvider _services;

        public TestSender(NpgsqlDataSource database, LocalReceivers world, (string Key, string Value)[] settings)
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Notifications:AllowPrivateAddresses"] = "true",
                ["Notifications:DashboardUrl"] = "https://marketdata.example.com/dashboard/",
                ["Notifications:Smtp:Host"] = "127.0.0.1",
                ["Notifications:Smtp:Port"] = $"{world.SmtpPort}",
                ["Notifications:Smtp:Security"] = "None",
                ["Notifications:Smtp:From"] = "MarketData <marketdata@example.com>",
            }).AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
            _services = new ServiceCollection()
                .AddSingleton(database)
                .AddSingleton(TimeProvider.System)
                .AddSingleton(NodeIdentity.Create())
                .AddMetrics()
                .AddSingleton<EnrichmentMetrics>()
                .AddSingleton<IHostEnvironment>(new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { EnvironmentName = "Production" })
                .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(Logged)))
                .AddNotifications(configuration)
                .BuildServiceProvider();
        }

        public ConcurrentQueue<string> Logged { get; } = new();

        public Task SendDueAsync() => _services.GetRequiredService<NotificationSender>().SendDueAsync(Cancellation);

        public void Dispose() => _services.Dispose();
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
