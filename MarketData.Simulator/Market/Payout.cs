namespace MarketData.Simulator.Market;

/// <summary>A cash dividend.</summary>
/// <param name="ExDate">First session without the right to it.</param>
/// <param name="Amount">Dollars per share of that day, whole cents.</param>
/// <param name="PreviousClose">The close before, in the same shares.</param>
internal readonly record struct Payout(DateOnly ExDate, double Amount, double PreviousClose);
