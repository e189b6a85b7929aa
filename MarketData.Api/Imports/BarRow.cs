using MarketData.Domain.Candles;

namespace MarketData.Api.Imports;

/// <summary>What keeps a row from being a candle.</summary>
/// <param name="Column">The column, as the file calls it; null where the row as a whole is wrong.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Reason">What is wrong with it, one sentence.</param>
internal sealed record RowFlaw(string? Column, string? Value, string Reason);

/// <summary>A row as it was read, before it is known what the symbol is and what its calendar makes of the time.</summary>
internal struct BarRow
{
    /// <summary>Its line in the file, from 1; of a table, the row.</summary>
    public long Line;

    /// <summary>The symbol, as it stands there; null where it is said for the whole file.</summary>
    public string? Symbol;

    /// <summary>The interval, as it stands there; null where it is said or guessed for the whole file.</summary>
    public string? Timeframe;

    /// <summary>When the bar opens, or on which day it is.</summary>
    public BarStamp Stamp;

    /// <summary>Prices and volumes, without the instant.</summary>
    public Candle Candle;

    /// <summary>What is wrong with the row; null when nothing is.</summary>
    public RowFlaw? Flaw;
}
