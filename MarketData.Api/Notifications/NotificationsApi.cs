using MarketData.Api.Security;

namespace MarketData.Api.Notifications;

/// <summary>Who is told of what, and what was told: <c>/api/v1/notifications</c>.</summary>
public static class NotificationsApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapNotifications(this RouteGroupBuilder api)
    {
        var notifications = api.MapGroup("/notifications");
        notifications.MapGroup("/receivers").WithTags("Administration").RequireScope(Scopes.Admin).MapReceivers();
        notifications.MapGroup("/rules").WithTags("Administration").RequireScope(Scopes.Admin).MapRules();
        notifications.MapDeliveries();
        return api;
    }
}
