namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="CrossCheckReader"/> reads.</summary>
/// <param name="Pairs">By pair of providers and interval.</param>
/// <param name="Symbols">The same by symbol, those that differ most first.</param>
/// <param name="Days">The same by day, oldest first.</param>
public sealed record CrossCheckRows(
    IReadOnlyList<CrossCheckTotals> Pairs, IReadOnlyList<SymbolCrossCheck> Symbols, IReadOnlyList<DailyCrossCheck> Days);

/// <summary>How far two providers differ in one interval.</summary>
public record CrossCheckTotals
{
    /// <summary>The provider whose name comes first in the alphabet.</summary>
    public required string Provider { get; init; }

    /// <summary>The other one.</summary>
    public required string OtherProvider { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Bars that both have.</summary>
    public required long BarsCompared { get; init; }

    /// <summary>Those whose closes differ by more than half a percent.</summary>
    public required long BarsDiffering { get; init; }

    /// <summary>Differing ÷ compared, 0 to 1; null when no bar was compared.</summary>
    public double? DisagreementRate { get; init; }

    /// <summary>The largest difference of two closes, as a share of their mean, 0 to 2.</summary>
    public double? MaxDifference { get; init; }

    /// <summary>The mean of these differences.</summary>
    public double? MeanDifference { get; init; }

    /// <summary>Bars that the other provider lacks.</summary>
    public required long OnlyProvider { get; init; }

    /// <summary>Bars that the other provider alone has.</summary>
    public required long OnlyOther { get; init; }

    /// <summary>Series' days that were compared.</summary>
    public required long DaysCompared { get; init; }

    /// <summary>When the last of these comparisons was made, UTC.</summary>
    public required DateTime CheckedAt { get; init; }
}

/// <summary>How far two providers differ in one symbol's interval.</summary>
public sealed record SymbolCrossCheck : CrossCheckTotals
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }
}

/// <summary>How far two providers differed on one day.</summary>
public sealed record DailyCrossCheck : CrossCheckTotals
{
    /// <summary>The session's date, UTC's for crypto.</summary>
    public required DateOnly Day { get; init; }
}
