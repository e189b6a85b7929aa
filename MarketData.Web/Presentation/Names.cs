namespace MarketData.Web.Presentation;

/// <summary>Identifiers of the Api as people say them.</summary>
public static class Names
{
    /// <summary>The intervals, shortest first, as the Api names them.</summary>
    public static IReadOnlyList<string> Timeframes { get; } = ["5m", "15m", "30m", "1h", "4h", "1d", "1w"];

    /// <summary>How long a bar within a day is; null for bars of days and longer.</summary>
    public static TimeSpan? LengthOf(string timeframe) => timeframe switch
    {
        "5m" => TimeSpan.FromMinutes(5),
        "15m" => TimeSpan.FromMinutes(15),
        "30m" => TimeSpan.FromMinutes(30),
        "1h" => TimeSpan.FromHours(1),
        "4h" => TimeSpan.FromHours(4),
        _ => null,
    };

    /// <summary>A provider.</summary>
    public static string Provider(string provider) => provider switch
    {
        // It changed its name in 2025: people look for either.
        "polygon" => "Polygon (Massive)",
        "person" => "A person",
        [var first, .. var rest] => char.ToUpperInvariant(first) + rest,
        _ => provider,
    };

    /// <summary>An asset class.</summary>
    public static string AssetClass(string assetClass) => assetClass switch
    {
        "stock" => "Stock",
        "etf" => "ETF",
        "index" => "Index",
        "fx" => "Currency pair",
        "crypto" => "Crypto",
        _ => assetClass,
    };

    /// <summary>Who told a fact of an instrument: a provider, a rule, or a person by name.</summary>
    public static string FactSource(string source) => source switch
    {
        "rule" => "The symbol's name",
        "built_in" => "Known beforehand",
        "ticker_events" => "The provider's changes of ticker",
        _ => Provider(source),
    };

    /// <summary>Why somebody should look at a symbol.</summary>
    public static string AttentionKind(string kind) => kind switch
    {
        "disputed" => "split or dividend disputed",
        "unconverted" => "dividend in another currency",
        "identity_mismatch" => "another instrument's data",
        "possible_ticker_reuse" => "another company's ticker before?",
        "unit_shift" => "prices in another unit",
        "delisted" => "delisted or renamed?",
        _ => kind,
    };

    /// <summary>What started a run.</summary>
    public static string Trigger(string trigger) => trigger switch
    {
        "nightly" => "Nightly",
        "manual" => "Manual",
        "startup" => "First start",
        "backfill" => "Backfill",
        "gap" => "Gap check",
        "retry" => "Retry",
        "import" => "Import",
        _ => trigger,
    };

    /// <summary>The first characters of a run's id, enough to tell it from its neighbours.</summary>
    public static string Short(Guid run) => run.ToString("N")[..8];
}
