namespace MarketData.Domain.Validation;

/// <summary>A rule that a candle is checked by.</summary>
/// <param name="Id">Its name in <c>validation_notes</c>, <c>rejected_candles.reason</c>, metrics and the API.</param>
/// <param name="Issue">The flag of a soft rule; <see cref="CandleIssues.None"/> for a structural one.</param>
/// <param name="PenaltyPercent">
/// What a soft rule takes off the score, in hundredths; 100 for a structural one: the candle is rejected.
/// </param>
/// <param name="Meaning">What it says about a candle, in one sentence.</param>
public sealed record ValidationRule(string Id, CandleIssues Issue, int PenaltyPercent, string Meaning);
