using MarketData.Storage.Dashboard;

namespace MarketData.Api.Status;

/// <summary>The service in a few lines.</summary>
public sealed record ServiceStatus
{
    /// <summary>The version of the Api.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since it started.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>The database.</summary>
    public required DatabaseInfo Database { get; init; }

    /// <summary>The scheduler.</summary>
    public required SchedulerSummary Scheduler { get; init; }

    /// <summary>Symbols.</summary>
    public required SymbolCounts Symbols { get; init; }

    /// <summary>Age of the newest candle of all, seconds; null when there is none.</summary>
    public double? DataAgeSeconds { get; init; }
}
