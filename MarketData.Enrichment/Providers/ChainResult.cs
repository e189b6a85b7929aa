using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>The answer that a chain of providers settled on.</summary>
/// <param name="Result">The answer.</param>
/// <param name="IsFallback">Whether it came from another than the first enabled provider that serves the instrument.</param>
/// <param name="Failures">Why the providers before it did not answer, in the order asked; each is worth a line in the fetch log.</param>
public sealed record ChainResult(FetchResult Result, bool IsFallback, IReadOnlyList<ProviderException> Failures)
{
    /// <summary>
    /// Whether asking again later may bring another answer: a provider that comes first, or a part
    /// of what was asked for, could not be had for now.
    /// </summary>
    public bool IsProvisional => Failures.Any(failure => failure.IsTransient);

    /// <summary>
    /// The end of the range that was answered for, UTC: earlier than asked where a provider that comes first serves what follows.
    /// </summary>
    public required DateTime AnsweredTo { get; init; }

    /// <summary>Who was asked and has nothing of the range.</summary>
    public IReadOnlyList<string> Empty { get; init; } = [];

    /// <summary>A second provider's closes for a sample of the bars, by opening instant.</summary>
    public IReadOnlyDictionary<DateTime, double> OtherCloses { get; init; } = new Dictionary<DateTime, double>();
}
