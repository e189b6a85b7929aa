namespace MarketData.Domain.Adjustments;

/// <summary>What follows from the reports on record.</summary>
/// <param name="Splits">Each split in effect, and who told of it, in order of ex-date.</param>
/// <param name="Dividends">Each dividend in effect, and who told of it, in order of ex-date; those of one day added up.</param>
/// <param name="Verdicts">What became of each report, by its number, and why where that is not plain.</param>
public sealed record ActionsInEffect(
    IReadOnlyList<(StockSplit Split, string Source)> Splits,
    IReadOnlyList<(CashDividend Dividend, string Source)> Dividends,
    IReadOnlyDictionary<long, (ActionState State, string? Reason)> Verdicts);
