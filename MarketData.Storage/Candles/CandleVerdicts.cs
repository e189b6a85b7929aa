using MarketData.Domain.Validation;

namespace MarketData.Storage.Candles;

/// <summary>What follows from the issues of a candle, which alone are stored, without computing it for each.</summary>
internal static class CandleVerdicts
{
    private static readonly (double Score, string[]? Notes)[] All =
    [
        .. from issues in Enumerable.Range(0, 1 << ValidationRules.Soft.Count)
           select (ValidationRules.Score((CandleIssues)issues), ValidationRules.Notes((CandleIssues)issues)),
    ];

    /// <summary>The score, 0 to 1, and the ids of the rules that fired, null for none.</summary>
    /// <param name="issues">As stored.</param>
    public static (double Score, string[]? Notes) Of(short issues) => All[issues & ~CandleTables.Validated];
}
