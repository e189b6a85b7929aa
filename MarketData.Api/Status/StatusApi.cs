using System.Runtime.InteropServices;
using MarketData.Api.Events;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Status;

/// <summary>The service itself: <c>/api/v1/status</c> and <c>/api/v1/system</c>.</summary>
public static class StatusApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapStatus(this RouteGroupBuilder api)
    {
        api.MapGet("/status", GetStatus).WithTags("Data").WithName("GetStatus").WithSummary("The service in a few lines");
        api.MapGet("/system", GetSystem).RequireScope(Scopes.Enrich, isAudited: false)
            .WithTags("Data").WithName("GetSystem").WithSummary("Database, tables and nodes in detail");
        return api;
    }

    private static async Task<Ok<ServiceStatus>> GetStatus(
        SystemReader reader, ServiceInstance instance, CancellationToken cancellationToken)
    {
        var rows = await reader.ReadStatusAsync(cancellationToken);
        var scheduler = rows.Scheduler;
        return TypedResults.Ok(new ServiceStatus(
            Version: ServiceInstance.Version,
            UptimeSeconds: instance.UptimeSeconds,
            Database: rows.Database,
            Scheduler: new(scheduler.Status, scheduler.Nodes, scheduler.LastRun, scheduler.NextRun),
            Symbols: new(rows.Symbols, rows.ActiveSymbols),
            DataAgeSeconds: rows.DataAgeSeconds));
    }

    private static async Task<Ok<SystemInfo>> GetSystem(
        SystemReader reader, ServiceInstance instance, EventFeed events, CancellationToken cancellationToken)
    {
        var rows = await reader.ReadSystemAsync(cancellationToken);
        return TypedResults.Ok(new SystemInfo(
            Version: ServiceInstance.Version,
            Runtime: RuntimeInformation.FrameworkDescription,
            UptimeSeconds: instance.UptimeSeconds,
            EventListeners: events.Listeners,
            Database: rows.Database,
            Tables: rows.Tables,
            Nodes: rows.Nodes));
    }
}
