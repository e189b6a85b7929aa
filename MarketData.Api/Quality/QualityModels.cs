using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Quality;

/// <summary>Which symbol's quality to report, and over which days.</summary>
public sealed record QualityQuery(
    Symbol Symbol,
    [property: Timeframe, Description("Only this interval.")] string? Timeframe,
    [property: Description("The first day; 90 days before the last when left out.")] Instant? Start,
    [property: Description("The last day, which an instant lies after and a date is; today when left out.")] Instant? End,
    [property: WholeNumber(1, 1000), Description("Gaps, anomalies, rejected candles and revisions to list, of each.")] int Limit = 100);

/// <summary>Everything that is known of the quality of a symbol's data.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Start">The first day reported, UTC.</param>
/// <param name="End">The last day reported, UTC.</param>
/// <param name="Series">Score, completeness and coverage by interval, over all that is stored.</param>
/// <param name="Daily">Metrics by day and interval, oldest first.</param>
/// <param name="Gaps">Gaps that are open, newest first, at most <c>limit</c>.</param>
/// <param name="Anomalies">Candles that soft rules found odd, newest first, at most <c>limit</c>.</param>
/// <param name="RejectedCandles">Bars of these days, or refused in them, newest first, at most <c>limit</c>.</param>
/// <param name="Revisions">Values of these days, or corrected in them, however old; the last corrected first, at most <c>limit</c>.</param>
public sealed record QualityReport(
    string Symbol, DateOnly Start, DateOnly End, IReadOnlyList<SeriesCoverage> Series, IReadOnlyList<DailyQuality> Daily,
    IReadOnlyList<GapSpan> Gaps, IReadOnlyList<Anomaly> Anomalies, IReadOnlyList<RejectedBar> RejectedCandles,
    IReadOnlyList<Revision> Revisions);

/// <summary>Which comparisons of providers to report, and over which days.</summary>
public sealed record CrossCheckQuery(
    [property: Parsable(typeof(Symbol)), Description("Only of this symbol.")] string? Symbol,
    [property: Timeframe, Description("Only this interval.")] string? Timeframe,
    [property: Text(40), Description("Only pairs with this provider.")] string? Provider,
    [property: Description("The first day; 90 days before the last when left out.")] Instant? Start,
    [property: Description("The last day, which an instant lies after and a date is; today when left out.")] Instant? End,
    [property: WholeNumber(1, 1000), Description("Symbols to list.")] int Limit = 100);

/// <summary>
/// How far providers differ: a sample of days is asked of a second one, and an answer that meets another provider's candles is compared with them.
/// </summary>
/// <param name="Start">The first day reported, UTC.</param>
/// <param name="End">The last day reported, UTC.</param>
/// <param name="Pairs">By pair of providers and interval.</param>
/// <param name="Symbols">By pair, interval and symbol, those that differ most first, at most <c>limit</c>.</param>
/// <param name="Days">By pair, interval and day, oldest first.</param>
public sealed record CrossCheckReport(
    DateOnly Start, DateOnly End, IReadOnlyList<CrossCheckTotals> Pairs, IReadOnlyList<SymbolCrossCheck> Symbols, IReadOnlyList<DailyCrossCheck> Days);
