using System.Text.Json;

namespace MarketData.Storage.Enrichment;

/// <summary>What one provider answered.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="IsEnabled">Whether its settings let it be asked for candles.</param>
/// <param name="Message">What it says or does, a predicate to its name.</param>
/// <param name="Advice">What helps, in one sentence; null where nothing needs to be done.</param>
public sealed record CheckedProvider(string Provider, ProviderVerdict Verdict, bool IsEnabled, string Message, string? Advice)
{
    /// <summary>When it may be asked again, UTC; null when it has not said so.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>
    /// By how many seconds its clock is ahead of the node's, to about a second, below zero when it is behind; null when it was not told.
    /// </summary>
    public double? ClockOffsetSeconds { get; init; }

    /// <summary>Whether candles can be had of it without further ado.</summary>
    public bool Works => Verdict is ProviderVerdict.Works or ProviderVerdict.WorksWithoutFutures;

    /// <summary>The verdict as the Api and tables write it, such as <c>restricted_location</c>.</summary>
    public string VerdictName => JsonNamingPolicy.SnakeCaseLower.ConvertName(Verdict.ToString());
}
