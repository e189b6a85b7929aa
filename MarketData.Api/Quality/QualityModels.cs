using MarketData.Api.Requests;
using MarketData.Domain.Candles;

namespace MarketData.Api.Quality;

/// <summary>Which symbol's quality to report, and over which days.</summary>
public sealed record QualityQuery(
    Symbol Symbol,
    [property: Timeframe, Description("Only this interval.")] string? Timeframe,
    [property: Description("The first day; 90 days before the last when left out.")] Instant? Start,
    [property: Description("The last day; today when left out.")] Instant? End,
    [property: WholeNumber(1, 1000), Description("Gaps, anomalies, rejected candles and revisions to list, of each.")] int Limit = 100);
