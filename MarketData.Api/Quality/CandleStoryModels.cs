using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Quality;

/// <summary>Of which candle to tell.</summary>
public sealed record CandleStoryQuery(
    Symbol Symbol,
    [property: Description("The opening instant of the candle; of a day or a week its date.")] Instant Timestamp,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d");

/// <summary>How one candle came to have its values.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Timestamp">The candle's opening instant, UTC.</param>
/// <param name="Versions">The values that it had and has, oldest first; empty when there never was such a candle.</param>
/// <param name="Score">What its score is made of; null when it is not on record.</param>
/// <param name="Adjusted">Its values adjusted for splits and dividends; null when it is not on record.</param>
/// <param name="Adjustments">The splits and dividends that adjust it, oldest first.</param>
/// <param name="RejectedCandles">Bars for the same instant that were refused, the last seen first, at most 100.</param>
/// <param name="CrossChecks">What came of comparing providers on its day, by pair.</param>
public sealed record CandleStory(
    string Symbol, string Timeframe, DateTime Timestamp, IReadOnlyList<CandleVersion> Versions, CandleScore? Score, AdjustedCandle? Adjusted,
    IReadOnlyList<CandleAdjustment> Adjustments, IReadOnlyList<RejectedBar> RejectedCandles, IReadOnlyList<DailyCrossCheck> CrossChecks);

/// <summary>What a candle's score is made of: 1 less the penalties, never below 0.</summary>
/// <param name="QualityScore">The score, 0 to 1.</param>
/// <param name="IsValidated">Whether it counted as validated when it was judged.</param>
/// <param name="Penalties">What was found, with what each takes off.</param>
public sealed record CandleScore(double QualityScore, bool IsValidated, IReadOnlyList<ScorePenalty> Penalties);

/// <summary>What a rule takes off a candle's score.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Penalty">What it takes off, 0 to 1.</param>
/// <param name="Meaning">What it says about the candle, in one sentence.</param>
public sealed record ScorePenalty(string Rule, double Penalty, string Meaning);

/// <summary>A candle's values in today's shares.</summary>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
public sealed record AdjustedCandle(double Open, double High, double Low, double Close, double Volume);

/// <summary>A split or a dividend that adjusts a candle.</summary>
/// <param name="Kind"><c>split</c> or <c>dividend</c>.</param>
/// <param name="ExDate">The first day that trades without it.</param>
/// <param name="RatioFrom">Split: this many old shares …</param>
/// <param name="RatioTo">… became this many new ones.</param>
/// <param name="CashAmount">Dividend per share, in the unit of the price.</param>
/// <param name="Currency">The dividend's currency, ISO 4217.</param>
/// <param name="Source">Who reported it.</param>
/// <param name="PriceFactor">What it multiplies the candle's prices by.</param>
public sealed record CandleAdjustment(
    string Kind, DateOnly ExDate, double? RatioFrom, double? RatioTo, double? CashAmount, string? Currency, string Source, double PriceFactor);
