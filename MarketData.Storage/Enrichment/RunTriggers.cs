namespace MarketData.Storage.Enrichment;

/// <summary>The names of triggers in the API, the database and metrics.</summary>
public static class RunTriggers
{
    /// <summary>The lower-case name of <paramref name="trigger"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined trigger.</exception>
    public static string Name(this RunTrigger trigger) => trigger switch
    {
        RunTrigger.Nightly => "nightly",
        RunTrigger.Manual => "manual",
        RunTrigger.Startup => "startup",
        RunTrigger.Backfill => "backfill",
        RunTrigger.Gap => "gap",
        RunTrigger.Retry => "retry",
        RunTrigger.Import => "import",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, "Not a trigger."),
    };
}
