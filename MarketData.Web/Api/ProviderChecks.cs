namespace MarketData.Web.Api;

/// <summary>One look at what each provider answers.</summary>
public sealed record ProviderCheckReport(string Node, DateTimeOffset CheckedAt, IReadOnlyList<ProviderCheckResult> Providers);

/// <summary>What one provider answered, and what helps.</summary>
public sealed record ProviderCheckResult(
    string Provider, string Verdict, bool Works, bool Enabled, string Message, string? Advice, DateTimeOffset? RetryAt, double? ClockOffsetSeconds);
