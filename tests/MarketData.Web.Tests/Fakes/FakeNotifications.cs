using System.Text.Json;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MarketData.Web.Tests.Fakes;

/// <summary>Receivers, rules and what was told, from memory.</summary>
internal sealed class FakeNotifications
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public List<NotificationReceiver> Receivers { get; } =
        [new(1, "Night desk", "slack", "hooks.slack.com", null, true, true, Now.AddDays(-9), Now.AddDays(-9), "setup")];

    public List<NotificationRule> Rules { get; } =
    [
        new(1, 2, Now, Now.AddDays(-9), Now.AddDays(-9), "setup", "Stale symbols", "symbol_stale", null, 0, null, null, null, null, null, true, [1]),
    ];

    public List<NotificationIncident> Incidents { get; } =
    [
        new(1, 1, "Stale symbols", "symbol_stale", "JNJ", "newest candle closed 2026-11-17 21:00 UTC", Now.AddHours(-3), Now.AddHours(-3)),
        new(2, 1, "Stale symbols", "symbol_stale", "XOM", "newest candle closed 2026-11-17 21:00 UTC", Now.AddMinutes(-2), null),
    ];

    public List<NotificationDelivery> Deliveries { get; } =
    [
        new(2, "Night desk", "slack", "Stale symbols", "symbol_stale", "firing", "JNJ is stale", "JNJ: newest candle closed 2026-11-17 21:00 UTC\nRule: Stale symbols.", "failed",
            "It answered 404 Not Found.", Now.AddHours(-3), null, Now.AddHours(-3), [new(1, "node-a", Now.AddHours(-3), Now.AddHours(-3), "failed", "It answered 404 Not Found.")]),
        new(1, "Night desk", "slack", null, null, "test", "A test of notifications", "It works.", "delivered", null, Now.AddDays(-9), null, Now.AddDays(-9),
            [new(1, "node-a", Now.AddDays(-9), Now.AddDays(-9), "delivered", null)]),
    ];

    /// <summary>Why tests fail; null while they do not.</summary>
    public string? TestError { get; set; }

    public void Map(RouteGroupBuilder api)
    {
        var notifications = api.MapGroup("/notifications");
        notifications.MapGet("/incidents", () => new NotificationIncidentList(Incidents));
        notifications.MapGet("/deliveries", (string? status) => new NotificationDeliveryList([.. Deliveries.Where(one => status is null || one.Status == status)], null));
        notifications.MapPost("/deliveries/{id:long}/retry", (long id) => Deliveries[Deliveries.FindIndex(one => one.Id == id)] = Deliveries.First(one => one.Id == id) with { Status = "pending", Error = null });
        MapReceivers(notifications.MapGroup("/receivers"));
        MapRules(notifications.MapGroup("/rules"));
    }

    private void MapReceivers(RouteGroupBuilder receivers)
    {
        receivers.MapGet("/", () => new NotificationReceiverList(Receivers));
        receivers.MapPost("/", (HttpContext context) =>
        {
            var asked = Body<NewNotificationReceiver>(context);
            if (asked.Kind != "email" && asked.Address is null)
                return Results.ValidationProblem(new Dictionary<string, string[]> { ["address"] = ["'address' must be an http or https address."] });
            var made = new NotificationReceiver(
                Receivers.Count + 1, asked.Name!, asked.Kind!, asked.Address is { } address ? new Uri(address).Host : null, asked.Mailboxes, true, true, Now, Now, null);
            Receivers.Add(made);
            return Results.Created("", new NotificationReceiverSecret(made, asked.Kind == "webhook" ? "whsec_bmV3LXNlY3JldA==" : null));
        });
        receivers.MapPost("/{id:long}/test", (long id) =>
        {
            var receiver = Receivers.First(one => one.Id == id);
            var test = new NotificationDelivery(
                Deliveries.Count + 1, receiver.Name, receiver.Kind, null, null, "test", "A test of notifications", "It works.", TestError is null ? "delivered" : "failed",
                TestError, DateTimeOffset.UtcNow, null, DateTimeOffset.UtcNow, [new(1, "node-a", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, "failed", TestError)]);
            Deliveries.Insert(0, test);
            return test;
        });
        receivers.MapDelete("/{id:long}", (long id) => Rules.Exists(rule => rule.Receivers.Contains(id))
            ? Results.Problem(statusCode: 409, title: "In use", detail: "The notification rule Stale symbols uses it. Nothing was deleted.")
            : Results.Ok(Receivers.First(one => one.Id == id)));
    }

    private void MapRules(RouteGroupBuilder rules)
    {
        rules.MapGet("/", () => new NotificationRuleList(Rules));
        rules.MapPost("/", (HttpContext context) =>
        {
            var made = Rule(Rules.Count + 1, Body<NotificationRuleDefinition>(context));
            Rules.Add(made);
            return Results.Created("", made);
        });
        rules.MapPut("/{id:long}", (long id, HttpContext context) => Rules[Rules.FindIndex(one => one.Id == id)] = Rule(id, Body<NotificationRuleDefinition>(context)));
        rules.MapDelete("/{id:long}", (long id) =>
        {
            var deleted = Rules.First(one => one.Id == id);
            Rules.Remove(deleted);
            return deleted;
        });
    }

    private static NotificationRule Rule(long id, NotificationRuleDefinition asked) => new(
        id, 0, Now, Now, Now, null, asked.Name!, asked.Occasion!, asked.Watchlist, asked.AfterMinutes ?? 0,
        asked.RemindHours, asked.MinimumScore, asked.DueBy, asked.Zone,
        asked.Timeframe, asked.IsEnabled ?? true, asked.Receivers!);

    private static T Body<T>(HttpContext context) => JsonSerializer.Deserialize<T>((string)context.Items["body"]!, ApiJson.Options)!;
}
