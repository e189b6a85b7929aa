using MarketData.Api.Requests;
using MarketData.Domain.Candles;

namespace MarketData.Api.Features;

/// <summary>Which symbol's features to give: the latest, or a range.</summary>
public sealed record FeaturesQuery(
    Symbol Symbol,
    [property: Description("Only candles that open at or after this instant. Without start and end: the latest candle only.")] Instant? Start,
    [property: Description("Only candles that open at or before this instant.")] Instant? End,
    [property: WholeNumber(1, 10_000)]
    [property: Description("Rows at most: from the oldest on when `start` is given, else the newest. Left out: 1 without start and end, else 10,000.")]
    int? Limit,
    SeriesCursor? Cursor,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d");
