namespace MarketData.Storage.Candles;

/// <summary>What the values of a <see cref="BatchColumn"/> are.</summary>
public enum BatchColumnKind
{
    /// <summary>Instants, UTC, as ticks in <see cref="BatchColumn.Integers"/>.</summary>
    Instant,

    /// <summary>Numbers in <see cref="BatchColumn.Numbers"/>, NaN for null.</summary>
    Number,

    /// <summary>Whole numbers in <see cref="BatchColumn.Integers"/>, <see cref="BatchColumn.NullInteger"/> for null.</summary>
    Integer,

    /// <summary>Truth values in <see cref="BatchColumn.Flags"/>.</summary>
    Flag,

    /// <summary>Text in <see cref="BatchColumn.Texts"/>.</summary>
    Text,

    /// <summary>Rule ids in <see cref="BatchColumn.Notes"/>, null for none.</summary>
    Notes,
}
