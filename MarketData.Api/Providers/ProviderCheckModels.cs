using MarketData.Storage.Enrichment;

namespace MarketData.Api.Providers;

/// <summary>What works here: one look at what each provider answers.</summary>
/// <param name="Node">The node that asked; others may be answered otherwise, where their way to the internet is another one.</param>
/// <param name="CheckedAt">When it asked, UTC: a look is kept for a minute.</param>
/// <param name="Providers">Each provider, disabled ones included.</param>
public sealed record ProviderCheckReport(string Node, DateTime CheckedAt, IReadOnlyList<ProviderCheckResult> Providers)
{
    internal static ProviderCheckReport Of(ProviderCheck check) => new(
        check.Node,
        check.CheckedAt,
        [
            .. check.Providers.Select(one => new ProviderCheckResult(
                one.Provider, one.VerdictName, one.Works, one.IsEnabled, one.Message, one.Advice, one.RetryAt, one.ClockOffsetSeconds)),
        ]);
}

/// <summary>What one provider answered.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Verdict">
/// <c>works</c>, <c>works_without_futures</c>, <c>needs_key</c>, <c>key_refused</c>, <c>plan_limit</c>, <c>restricted_location</c>,
/// <c>refuses_client</c>, <c>consent_wanted</c>, <c>leave_alone</c>, <c>dns_failure</c>, <c>tls_failure</c>, <c>connection_failure</c>,
/// <c>proxy_answered</c>, <c>no_answer</c>, <c>clock_off</c> or <c>failed</c>.
/// </param>
/// <param name="Works">Whether candles can be had of it without further ado.</param>
/// <param name="Enabled">Whether its settings let it be asked for candles.</param>
/// <param name="Message">What it says or does, a predicate to its name.</param>
/// <param name="Advice">What helps, in one sentence; null where nothing needs to be done.</param>
/// <param name="RetryAt">When it may be asked again, UTC; null when it has not said so.</param>
/// <param name="ClockOffsetSeconds">
/// By how many seconds its clock is ahead of the node's, to about a second, below zero when it is behind; null when it was not told.
/// </param>
public sealed record ProviderCheckResult(
    string Provider, string Verdict, bool Works, bool Enabled, string Message, string? Advice, DateTime? RetryAt, double? ClockOffsetSeconds);
