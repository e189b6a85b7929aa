namespace MarketData.Domain.Adjustments;

/// <summary>A cash dividend.</summary>
/// <param name="ExDate">First session without the right to it.</param>
/// <param name="Amount">Cash per share, above 0, as the provider states it.</param>
/// <param name="Currency">ISO code; null when the provider does not say.</param>
/// <param name="RecordDate">Who is on record on this day is paid; null when the provider does not say.</param>
/// <param name="PayDate">The day of payment; null when the provider does not say.</param>
public sealed record CashDividend(DateOnly ExDate, double Amount, string? Currency, DateOnly? RecordDate = null, DateOnly? PayDate = null);
