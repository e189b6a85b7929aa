namespace MarketData.Simulator.Requests;

/// <summary>Whether a request is within its provider's quota.</summary>
/// <param name="Status">200, 429, or 418 for who went on after many 429.</param>
/// <param name="RetryAfter">How long until the window has room for a further request, when refused or at its limit.</param>
/// <param name="UsedInMinute">Requests of the running clock minute, this one included.</param>
internal readonly record struct QuotaVerdict(int Status, TimeSpan RetryAfter, int UsedInMinute)
{
    /// <summary>Requests that are left for the moment; null without a limit.</summary>
    public int? Left { get; init; }
}
