namespace MarketData.Storage.Enrichment;

/// <summary>Why an attempt failed, in words for the person on call.</summary>
/// <param name="IsPermanent">Whether trying again cannot help: an unknown symbol, a refused key.</param>
/// <param name="Message">What happened, one sentence.</param>
/// <param name="Advice">What to do about it, one sentence.</param>
/// <param name="Reason">A short word for metrics, such as <c>timeout</c>, <c>rate_limit</c> or <c>server_error</c>.</param>
public sealed record JobFailure(bool IsPermanent, string Message, string Advice, string Reason);
