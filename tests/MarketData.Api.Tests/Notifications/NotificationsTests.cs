using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Storage.Notifications;

namespace MarketData.Api.Tests.Notifications;

/// <summary>Receivers, rules and what was told, as an administrator and others see them.</summary>
public sealed class NotificationsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/notifications";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receivers_secrets_are_shown_once_or_never_and_each_change_is_in_the_trail()
    {
        var key = await fixture.Admin.PostAsync("/api/v1/admin/api-keys", new { name = "notifier", scopes = new[] { "admin" } }).JsonAsync(HttpStatusCode.Created);
        using var user = fixture.Api.With(key.GetProperty("key").GetString()!);
        var made = await user.PostAsync($"{Root}/receivers", new { name = " Ops ", kind = "Webhook", address = "https://hooks.example.com/T0/secret?x=1" })
            .JsonAsync(HttpStatusCode.Created);
        var secret = made.GetProperty("signing_secret").GetString().ShouldNotBeNull();
        secret.ShouldStartWith("whsec_");
        var receiver = made.GetProperty("receiver");
        (receiver.GetProperty("name").GetString(), receiver.GetProperty("host").GetString()).ShouldBe(("Ops", "hooks.example.com"));
        var at = $"{Root}/receivers/{receiver.GetProperty("id").GetInt64()}";

        await user.PutAsync(at, new { address = "https://hooks.example.com/T0/other", is_enabled = false }).JsonAsync();
        var renewed = (await user.PostAsync($"{at}/secret").JsonAsync()).GetProperty("signing_secret").GetString();
        renewed.ShouldNotBe(secret);
        (await new ReceiverStore(fixture.Database.DataSource, ReceiverCipher.Plain).ReadAllAsync(Cancellation)).ShouldContain(
            one => one.Address == "https://hooks.example.com/T0/other" && one.Secret == renewed && !one.IsEnabled);
        foreach (var call in (string[])[at, $"{Root}/receivers"])
        {
            var text = (await user.FetchAsync(call).JsonAsync()).GetRawText();
            text.ShouldNotContain("whsec_");
            text.ShouldNotContain("T0");
        }

        await user.RemoveAsync(at).JsonAsync();
        await user.FetchAsync(at).ProblemAsync(HttpStatusCode.NotFound);
        var trail = await fixture.Admin.FetchAsync($"/api/v1/admin/api-keys/{key.GetProperty("api_key").GetProperty("id").GetString()}/audit").JsonAsync();
        var details = trail.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("detail").GetString()).ToList();
        details.ShouldContain("200: receiver \"Ops\" is_enabled: true → false; address: as it was → another");
        details.ShouldContain("201: receiver \"Ops\" of webhook");
        string.Join('\n', details).ShouldNotContain("whsec_");
        string.Join('\n', details).ShouldNotContain("T0");
    }

    [Theory]
    [InlineData("""{"name":"a","kind":"webhook"}""", "address")]
    [InlineData("""{"name":"a","kind":"pigeon","address":"https://example.com"}""", "kind")]
    [InlineData("""{"name":"a","kind":"slack","address":"ftp://example.com/x"}""", "address")]
    [InlineData("""{"name":"a","kind":"slack","address":"/relative"}""", "address")]
    [InlineData("""{"name":"a","kind":"slack","address":"https://user:word@example.com/"}""", "address")]
    [InlineData("""{"name":"a","kind":"slack","address":"https://example.com/a b"}""", "address")]
    [InlineData("""{"name":"a","kind":"slack","address":"https://example.com/","mailboxes":["a@example.com"]}""", "mailboxes")]
    [InlineData("""{"name":"a","kind":"email"}""", "mailboxes")]
    [InlineData("""{"name":"a","kind":"email","mailboxes":[]}""", "mailboxes")]
    [InlineData("""{"name":"a","kind":"email","mailboxes":["a@example.com, b@example.com"]}""", "mailboxes")]
    [InlineData("""{"name":"a","kind":"email","mailboxes":["a@example.com\r\nBcc: b@example.com"]}""", "mailboxes")]
    [InlineData("""{"name":"a","kind":"email","mailboxes":["nobody"]}""", "mailboxes")]
    [InlineData("""{"name":" ","kind":"email","mailboxes":["a@example.com"]}""", "name")]
    public async Task A_receiver_that_can_not_be_is_refused_with_the_field(string body, string field) =>
        await fixture.Admin.PostAsync($"{Root}/receivers", JsonSerializer.Deserialize<JsonElement>(body)).ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task A_rule_is_made_with_what_is_usual_changed_and_deleted()
    {
        var receiver = await ReceiverAsync("rules");
        var made = await fixture.Admin.PostAsync($"{Root}/rules", new { name = "Late", occasion = "run_late", receivers = new[] { receiver, receiver } }).JsonAsync(HttpStatusCode.Created);
        (made.GetProperty("after_minutes").GetInt32(), made.GetProperty("is_enabled").GetBoolean()).ShouldBe((120, true));
        made.GetProperty("receivers").EnumerateArray().Select(one => one.GetInt64()).ShouldBe([receiver]);
        var at = $"{Root}/rules/{made.GetProperty("id").GetInt64()}";

        var fresh = await fixture.Admin.PutAsync(
            at, new { name = "Fresh", occasion = "NOT_FRESH", due_by = "02:30", zone = "america/new_york", receivers = new[] { receiver } }).JsonAsync();
        (fresh.GetProperty("zone").GetString(), fresh.GetProperty("timeframe").GetString(), fresh.GetProperty("after_minutes").GetInt32())
            .ShouldBe(("America/New_York", "1d", 0));
        await fixture.Admin.PostAsync($"{Root}/rules", new { name = "FRESH", occasion = "run_late", receivers = new[] { receiver } }).ProblemAsync(HttpStatusCode.Conflict);
        await fixture.Admin.RemoveAsync($"{Root}/receivers/{receiver}").ProblemAsync(HttpStatusCode.Conflict);
        await fixture.Admin.RemoveAsync(at).JsonAsync();
        await fixture.Admin.FetchAsync(at).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync($"{Root}/receivers/{receiver}").JsonAsync();
    }

    [Theory]
    [InlineData("""{"name":"a","occasion":"weather","receivers":[1]}""", "occasion")]
    [InlineData("""{"name":"a","occasion":"not_fresh","zone":"UTC","receivers":[1]}""", "due_by")]
    [InlineData("""{"name":"a","occasion":"not_fresh","due_by":"02:30","receivers":[1]}""", "zone")]
    [InlineData("""{"name":"a","occasion":"not_fresh","due_by":"24:00","zone":"UTC","receivers":[1]}""", "due_by")]
    [InlineData("""{"name":"a","occasion":"not_fresh","due_by":"02:30","zone":"New York","receivers":[1]}""", "zone")]
    [InlineData("""{"name":"a","occasion":"symbol_stale","due_by":"02:30","receivers":[1]}""", "due_by")]
    [InlineData("""{"name":"a","occasion":"symbol_stale","minimum_score":0.5,"receivers":[1]}""", "minimum_score")]
    [InlineData("""{"name":"a","occasion":"quality_low","minimum_score":1.5,"receivers":[1]}""", "minimum_score")]
    [InlineData("""{"name":"a","occasion":"circuit_open","watchlist":"tech","receivers":[1]}""", "watchlist")]
    [InlineData("""{"name":"a","occasion":"run_late","after_minutes":-1,"receivers":[1]}""", "after_minutes")]
    [InlineData("""{"name":"a","occasion":"run_late","receivers":[]}""", "receivers")]
    [InlineData("""{"name":"a","occasion":"run_late","receivers":[987654321]}""", "receivers")]
    public async Task A_rule_that_can_not_be_is_refused_with_the_field(string body, string field) =>
        await fixture.Admin.PostAsync($"{Root}/rules", JsonSerializer.Deserialize<JsonElement>(body)).ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task A_watchlist_that_a_rule_is_about_stays()
    {
        await fixture.Database.TrackAsync("NWA");
        await fixture.Operator.PutAsync("/api/v1/watchlists/night", new { symbols = new[] { "NWA" } }).JsonAsync();
        var receiver = await ReceiverAsync("night");
        var rule = await fixture.Admin.PostAsync($"{Root}/rules", new { name = "Night", occasion = "symbol_stale", watchlist = "NIGHT", receivers = new[] { receiver } }).JsonAsync(HttpStatusCode.Created);

        var problem = await fixture.Operator.RemoveAsync("/api/v1/watchlists/night").ProblemAsync(HttpStatusCode.Conflict);

        problem.GetProperty("detail").GetString().ShouldBe("The notification rule Night uses it. Nothing was deleted.");
        await fixture.Admin.PostAsync($"{Root}/rules", new { name = "None", occasion = "symbol_stale", watchlist = "none", receivers = new[] { receiver } }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync($"{Root}/rules/{rule.GetProperty("id").GetInt64()}").JsonAsync();
        await fixture.Operator.RemoveAsync("/api/v1/watchlists/night").JsonAsync();
    }

    [Fact]
    public async Task Receivers_and_rules_are_for_administrators_and_what_was_told_for_readers()
    {
        foreach (var call in (string[])["receivers", "rules"])
            await fixture.Operator.FetchAsync($"{Root}/{call}").ProblemAsync(HttpStatusCode.Forbidden);
        foreach (var call in (string[])["deliveries", "incidents"])
            await fixture.Stranger.FetchAsync($"{Root}/{call}").JsonAsync();
        await fixture.Stranger.FetchAsync($"{Root}/deliveries?status=lost").ProblemAsync(HttpStatusCode.BadRequest, "status");
        await fixture.Operator.PostAsync($"{Root}/deliveries/1/retry").ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_test_waits_for_what_comes_of_it_and_what_was_told_is_read_page_by_page()
    {
        var receiver = await ReceiverAsync("pages");
        var outbox = new OutboxStore(fixture.Database.DataSource, ReceiverCipher.Plain, TimeProvider.System);
        var waiting = fixture.Admin.PostAsync($"{Root}/receivers/{receiver}/test").JsonAsync();
        await RefuseAsync(outbox);
        var tested = await waiting;
        (tested.GetProperty("status").GetString(), tested.GetProperty("error").GetString(), tested.GetProperty("message").GetString())
            .ShouldBe(("failed", "It answered 404 Not Found.", "test"));
        tested.GetProperty("attempts").GetArrayLength().ShouldBe(1);

        // No node takes it: the answer says that it waits.
        (await fixture.Admin.PostAsync($"{Root}/receivers/{receiver}/test").JsonAsync()).GetProperty("status").GetString().ShouldBe("pending");
        var first = await fixture.Stranger.FetchAsync($"{Root}/deliveries?receiver={receiver}&limit=1").JsonAsync();
        first.GetProperty("items")[0].GetProperty("status").GetString().ShouldBe("pending");
        var second = await fixture.Stranger.FetchAsync($"{Root}/deliveries?receiver={receiver}&limit=1&cursor={first.GetProperty("next_cursor").GetString()}").JsonAsync();
        second.GetProperty("items")[0].GetProperty("status").GetString().ShouldBe("failed");
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);

        var id = tested.GetProperty("id").GetInt64();
        (await fixture.Admin.PostAsync($"{Root}/deliveries/{id}/retry").JsonAsync()).GetProperty("status").GetString().ShouldBe("pending");
        await fixture.Admin.PostAsync($"{Root}/deliveries/{id}/retry").ProblemAsync(HttpStatusCode.Conflict);
    }

    private static async Task RefuseAsync(OutboxStore outbox)
    {
        IReadOnlyList<ClaimedDelivery> claimed = [];
        await Testing.Eventually.BecomesAsync(
            async () => (claimed = await outbox.ClaimAsync("node-1", 1, TimeSpan.FromMinutes(1), Cancellation)).Count == 1, TimeSpan.FromSeconds(30), Cancellation);
        await outbox.FailedAsync(claimed[0], "It answered 404 Not Found.", null, Cancellation);
    }

    private async Task<long> ReceiverAsync(string name) =>
        (await fixture.Admin.PostAsync($"{Root}/receivers", new { name, kind = "slack", address = "https://example.com/x" }).JsonAsync(HttpStatusCode.Created))
            .GetProperty("receiver").GetProperty("id").GetInt64();
}
