using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Scheduling;

/// <summary>What the service works on, when, and how hard: section <c>Enrichment</c>.</summary>
public sealed class EnrichmentOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrichment";

    /// <summary>When the nightly run begins, UTC: six cron fields, seconds first, days of the week by name.</summary>
    public string Schedule { get; set; } = "0 30 1 * * ?";

    /// <summary>Symbols worked on at once by this node, 1 to 100.</summary>
    [Range(1, 100)]
    public int Concurrency { get; set; } = 5;

    /// <summary>Attempts that a symbol gets in a run, the first included, 1 to 20.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// How often in a row the work on a symbol may be broken off from outside, by a node that died or a database that went away, before it
    /// counts as failed, 2 to 1,000.
    /// </summary>
    [Range(2, 1000)]
    public int MaxLosses { get; set; } = 25;

    /// <summary>How long a job may be in one step before its attempt counts as failed and its place is another's, 1 second to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The symbols that an empty database begins with, separated by spaces or commas, each <c>SYMBOL[:class[:timeframes]]</c> with the
    /// timeframes joined by <c>+</c>, such as <c>AAPL:stock:1d+1h BTC-USD:crypto</c>; null for <see cref="InitialSymbols.Default"/>.
    /// </summary>
    public string? Symbols { get; set; }

    /// <summary>Whether a database in which nothing was ever enriched gets a run at once.</summary>
    public bool RunOnFirstStart { get; set; } = true;

    /// <summary>The longest that due work waits when its announcement was missed, 100 ms to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!CronSchedule.IsValid(Schedule))
            yield return new(CronSchedule.Objection(Schedule), [nameof(Schedule)]);

        if (!InitialSymbols.TryParse(Symbols, out _, out var wrong))
            yield return new(
                $"has an entry that does not read as SYMBOL[:class[:timeframes]], each symbol once: '{wrong}'.", [nameof(Symbols)]);
    }
}
