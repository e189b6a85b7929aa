namespace MarketData.Storage.Enrichment;

/// <summary>Conditions in SQL, on a row of <c>symbols</c>, under which providers are asked about a symbol apart from its candles.</summary>
internal static class DueChecks
{
    /// <summary>For its splits and dividends.</summary>
    public const string Actions = "(actions_checked_at IS NULL OR actions_checked_at < now() - interval '20 hours')";

    /// <summary>For the names that it was listed under, together with those.</summary>
    public const string Names = $"((aliases_checked_at IS NULL OR aliases_checked_at < now() - interval '7 days') AND {Actions})";
}
