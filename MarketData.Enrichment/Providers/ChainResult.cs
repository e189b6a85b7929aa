namespace MarketData.Enrichment.Providers;

/// <summary>The answer that a chain of providers settled on.</summary>
/// <param name="Result">The answer.</param>
/// <param name="IsFallback">Whether it came from another than the first enabled provider that serves the instrument.</param>
/// <param name="Failures">Why the providers before it did not answer, in the order asked; each is worth a line in the fetch log.</param>
public sealed record ChainResult(FetchResult Result, bool IsFallback, IReadOnlyList<ProviderException> Failures);
