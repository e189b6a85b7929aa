using MarketData.Api.Requests;
using MarketData.Domain.Features;

namespace MarketData.Api.Historical;

/// <summary>The name of a feature, or true or false.</summary>
internal sealed class FeatureNameAttribute() : EachTextAttribute("must be true, false, or names " + FeatureChoice.Requirement)
{
    protected override bool Accepts(string text) => bool.TryParse(text, out _) || FeatureCatalogue.Parse(text) is not null;
}
