namespace MarketData.Web.Api;

/// <summary>A tracked symbol with its state.</summary>
public sealed record DetailedSymbol(
    string Symbol, string AssetClass, string? Name, bool Active, string Status, double? QualityScore, double? ValidationRate,
    double? DataCompleteness, double? DataAgeSeconds, long RecordsAvailable, DateTimeOffset? LastEnrichmentTime, DateTimeOffset? NextRetryAt,
    string? LastError, IReadOnlyList<TimeframeCoverage> Timeframes, IReadOnlyList<double?>? QualityHistory);

/// <summary>All tracked symbols.</summary>
public sealed record DetailedSymbolList(IReadOnlyList<DetailedSymbol> Symbols, int Total);

/// <summary>What is stored of a symbol in one interval.</summary>
public sealed record TimeframeCoverage(
    string Timeframe, DateTimeOffset? First, DateTimeOffset? Last, long Records, double? Completeness, double? QualityScore, string? LastSource,
    string? BackfillStatus);

/// <summary>Where a symbol stands.</summary>
public sealed record JobStatus(
    string Symbol, string AssetClass, string Status, double? QualityScore, double? ValidationRate, double? DataCompleteness,
    double? DataAgeSeconds, long RecordsAvailable, DateTimeOffset? LastFetchSuccess, DateTimeOffset? LastComputeSuccess,
    DateTimeOffset? LastEnrichmentTime, int RetryCount, DateTimeOffset? NextRetryAt, string? LastError, string? ErrorAdvice,
    CurrentJob? CurrentJob, IReadOnlyList<TimeframeCoverage> Timeframes);

/// <summary>A symbol's current job, queued or running.</summary>
public sealed record CurrentJob(
    long Id, Guid JobId, string Status, string? Step, int Attempt, DateTimeOffset? StartedAt, DateTimeOffset DueAt, string? TraceId);

/// <summary>A symbol as it is set up.</summary>
public sealed record TrackedSymbol(
    string Symbol, string AssetClass, string? Name, bool Active, IReadOnlyList<string> Timeframes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The record of a symbol, where each fact comes from, and what providers call it.</summary>
public sealed record InstrumentDetails(
    string Symbol, string? Name, string? Exchange, string? ExchangeName, string? Currency, string? PriceUnit, string? Zone, string? InstrumentType,
    DateOnly? FirstTraded, DateOnly? LastTraded, string Status, IReadOnlyList<ConfirmedFact> Facts, IReadOnlyList<InstrumentAlias> Aliases);

/// <summary>Who last confirmed a fact.</summary>
public sealed record ConfirmedFact(string Fact, string ConfirmedBy, DateTimeOffset ConfirmedAt);

/// <summary>What a provider calls a symbol over a range of days.</summary>
public sealed record InstrumentAlias(
    long Id, string Provider, string ProviderSymbol, DateOnly? ValidFrom, DateOnly? ValidTo, string Source, string? RecordedBy);

/// <summary>What a provider calls a symbol over a range of days, by a person's word.</summary>
public sealed record NewAlias(string Provider, string ProviderSymbol, DateOnly? ValidFrom, DateOnly? ValidTo);

/// <summary>Where to cut a history: the first day that stays.</summary>
public sealed record NewHistoryCut(DateOnly Before);

/// <summary>What cutting a history came to.</summary>
public sealed record HistoryCutAway(string Symbol, DateOnly Before, long CandlesDeleted);

/// <summary>A symbol to follow.</summary>
public sealed record NewSymbol(string Symbol, string AssetClass, string? Name, IReadOnlyList<string> Timeframes, bool Start);

/// <summary>What providers say of a symbol that is not followed yet.</summary>
public sealed record SymbolLookup(
    string Symbol, string Outcome, bool Tracked, string? Objection, string AssetClass, string? Name, string? Exchange, string? ExchangeName,
    string? Currency, string? PriceUnit, string? InstrumentType, DateOnly? FirstTraded, DateOnly? LastTraded,
    IReadOnlyDictionary<string, string> ToldBy, IReadOnlyList<LookupAnswer> Answers, IReadOnlyList<string> NearMisses);

/// <summary>What a provider said of a symbol.</summary>
public sealed record LookupAnswer(string Provider, string Outcome, string? Message);

/// <summary>What to change of a symbol; what is null stays.</summary>
public sealed record SymbolChange(string? Name = null, bool? Active = null, IReadOnlyList<string>? Timeframes = null);

/// <summary>Splits and dividends in effect, and what providers told of them.</summary>
public sealed record CorporateActionList(string Symbol, IReadOnlyList<CorporateAction> Items, IReadOnlyList<CorporateActionReport> Reports)
{
    /// <summary>None.</summary>
    public static CorporateActionList None { get; } = new("", [], []);
}

/// <summary>What a provider told of a split or a dividend, and what became of it.</summary>
public sealed record CorporateActionReport(
    long Id, string Kind, string Provider, DateOnly ExDate, double? RatioFrom, double? RatioTo, double? CashAmount, string? Currency, string State, string? Reason,
    DateTimeOffset LastSeenAt, string? Decision = null, DateOnly? DecidedExDate = null, string? DecidedBy = null, DateTimeOffset? DecidedAt = null)
{
    /// <summary>Whether somebody should know that prices are not adjusted by it.</summary>
    public bool IsLeftOut => State is "disputed" or "unconverted" or "invalid";
}

/// <summary>A split, by its ratio, or a dividend, by its amount, that no provider tells of.</summary>
public sealed record NewCorporateAction(DateOnly ExDate, double? RatioFrom = null, double? RatioTo = null, double? CashAmount = null);

/// <summary>That a report is right, on its day or another.</summary>
public sealed record CorporateActionConfirmation(DateOnly? ExDate);

/// <summary>A split or a dividend.</summary>
public sealed record CorporateAction(
    string Kind, DateOnly ExDate, double? RatioFrom, double? RatioTo, double? CashAmount, string? Currency, string Source, DateTimeOffset RecordedAt);

/// <summary>The features that there are.</summary>
public sealed record FeatureCatalogue(IReadOnlyList<FeatureInfo> Items);

/// <summary>One feature.</summary>
public sealed record FeatureInfo(string Name, int Version, string Kind, int WarmUp);
