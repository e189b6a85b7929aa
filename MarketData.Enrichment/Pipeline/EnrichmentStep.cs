namespace MarketData.Enrichment.Pipeline;

/// <summary>The names of a symbol's steps, in their order, as in <c>enrichment_jobs.step</c>, spans and the dashboard.</summary>
public static class EnrichmentStep
{
    /// <summary>Bars are fetched from a provider.</summary>
    public const string Fetch = "fetch";

    /// <summary>Bars are checked; broken ones are set aside.</summary>
    public const string Validate = "validate";

    /// <summary>Features are computed.</summary>
    public const string Compute = "compute";

    /// <summary>Candles, days and the series are scored.</summary>
    public const string Score = "score";

    /// <summary>All of it is written, in one transaction.</summary>
    public const string Store = "store";
}
