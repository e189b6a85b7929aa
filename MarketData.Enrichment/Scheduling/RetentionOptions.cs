using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Scheduling;

/// <summary>How long records of past work are kept, each 1 hour to 10 years. Section <c>Enrichment:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment:Retention";

    private const string Shortest = "01:00:00";
    private const string Longest = "3653.00:00:00";

    /// <summary>Events of the live stream.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan Events { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Lines of the fetch and compute logs, and notifications.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan Logs { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Rejected bars, since a provider sent them last.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan Rejects { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Runs with their jobs and attempts, and backfills.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan Runs { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Entries of nodes that are gone.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan Nodes { get; set; } = TimeSpan.FromDays(1);
}
