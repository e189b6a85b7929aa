namespace MarketData.Api.Enrichment;

/// <summary>The runbooks that health refers to: files of <c>docs/runbooks</c> without their ending, pages of the dashboard.</summary>
internal static class Runbooks
{
    public const string BulkFilesOld = "bulk-files-old";
    public const string CircuitOpen = "circuit-open";
    public const string CorporateActions = "corporate-actions-waiting";
    public const string DatabaseTakesNoWrites = "database-takes-no-writes";
    public const string IdentityMismatch = "identity-mismatch";
    public const string NoLiveNode = "no-live-node";
    public const string NoRunCompleted = "no-run-completed";
    public const string NothingUnderWay = "nothing-under-way";
    public const string PriceLevelOdd = "price-level-odd";
    public const string QualityLow = "quality-low";
    public const string RateLimitRejections = "rate-limit-rejections";
    public const string RunSuccessRateLow = "run-success-rate-low";
    public const string SymbolDelisted = "symbol-delisted";
    public const string SymbolStale = "symbol-stale";
    public const string SymbolUnknown = "symbol-unknown";
}
