namespace MarketData.Api.Security;

/// <summary>What a caller has left.</summary>
/// <param name="Limit">Requests a minute.</param>
/// <param name="Remaining">Requests left in this window.</param>
/// <param name="IsWithin">Whether the request at hand was still within it.</param>
/// <param name="ResetSeconds">Seconds to the next window, at least 1.</param>
public readonly record struct RequestBudget(int Limit, int Remaining, bool IsWithin, int ResetSeconds);
