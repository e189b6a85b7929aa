namespace MarketData.Domain.Adjustments;

/// <summary>What one unit of a currency was worth in another.</summary>
/// <param name="Pair">The currency pair that says so, such as <c>JPYUSD=X</c> or, the other way round, <c>USDJPY=X</c>.</param>
/// <param name="Date">The day of which it is the close.</param>
/// <param name="Rate">Units of the one currency for one of the other, above 0.</param>
public sealed record CurrencyRate(string Pair, DateOnly Date, double Rate);
