using MarketData.Api.Requests;

namespace MarketData.Api.Historical;

/// <summary>The name of a column of a candle, or of a feature.</summary>
internal sealed class CandleColumnAttribute() : EachTextAttribute(
    $"must be names of {string.Join(", ", AnswerShape.CandleColumns)}; or of features: names {FeatureChoice.Requirement}")
{
    protected override bool Accepts(string text) => AnswerShape.FindColumn(text) is not null;
}
