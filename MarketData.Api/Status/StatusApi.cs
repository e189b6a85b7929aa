using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Status;

/// <summary>The service itself: <c>/api/v1/status</c> and <c>/api/v1/system</c>.</summary>
public static class StatusApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapStatus(this RouteGroupBuilder api)
    {
        api.MapGet("/status", GetStatus).WithTags("Data").WithName("GetStatus").WithSummary("The service in a few lines");
        api.MapGet("/system", GetSystem).WithTags("Data").WithName("GetSystem").WithSummary("Database, tables and nodes in detail");
        return api;
    }

    private static Task<Ok<ServiceStatus>> GetStatus() => throw new NotSupportedException();

    private static Task<Ok<SystemInfo>> GetSystem() => throw new NotSupportedException();
}
