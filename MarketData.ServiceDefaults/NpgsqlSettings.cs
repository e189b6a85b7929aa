namespace Microsoft.Extensions.Hosting;

/// <summary>
/// The settings in <c>Aspire:Npgsql</c>, and for one connection in <c>Aspire:Npgsql:&lt;name&gt;</c>, as the package Aspire.Npgsql reads them.
/// </summary>
public sealed class NpgsqlSettings
{
    /// <summary>How to connect; <c>ConnectionStrings:&lt;name&gt;</c>, when set, takes precedence.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True leaves the database out of <c>/health</c>. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True records no spans for commands. Default false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True records no metrics of connections and commands. Default false.</summary>
    public bool DisableMetrics { get; set; }
}
