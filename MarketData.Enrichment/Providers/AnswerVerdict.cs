using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>What a provider's answer that is no data means.</summary>
/// <param name="Kind">As a class that decides what is tried next.</param>
/// <param name="Said">What the provider says by it, to follow the provider's name, without a full stop.</param>
/// <param name="Advice">What a person can do about it, in whole sentences.</param>
public sealed record AnswerVerdict(ProviderErrorKind Kind, string Said, string Advice);
