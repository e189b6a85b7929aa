namespace MarketData.Simulator.Market;

/// <summary>A cash dividend.</summary>
/// <param name="ExDate">First session without the right to it.</param>
/// <param name="RecordDate">Whoever is on record on this day is paid.</param>
/// <param name="Amount">Per share of that day, in the unit of the price, two decimals.</param>
/// <param name="PreviousClose">The close before, in the same shares.</param>
/// <param name="Declared">The same as declared, in <paramref name="Currency"/>.</param>
/// <param name="Currency">What it was declared in.</param>
internal readonly record struct Payout(DateOnly ExDate, DateOnly RecordDate, double Amount, double PreviousClose, double Declared, string Currency);
