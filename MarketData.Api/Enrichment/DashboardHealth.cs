using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Enrichment;

/// <summary>The health of the whole, and of each of its parts.</summary>
public sealed record DashboardHealth
{
    /// <summary><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is not healthy, a sentence each.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Scheduler and nodes.</summary>
    public required SchedulerHealth Scheduler { get; init; }

    /// <summary>The database.</summary>
    public required DatabaseHealth Database { get; init; }

    /// <summary>Each provider as all nodes together see it.</summary>
    public required IReadOnlyList<ApiConnectivity> ApiConnectivity { get; init; }

    /// <summary>Circuit, rate limiter and bulkhead of each provider on each node.</summary>
    public required IReadOnlyList<ProviderResilience> Resilience { get; init; }

    /// <summary>Active symbols by state of health.</summary>
    public required SymbolHealth SymbolHealth { get; init; }

    /// <summary>The last ten symbols that failed for good.</summary>
    public required IReadOnlyList<FailedJob> RecentFailures { get; init; }
}
