namespace MarketData.Domain.Quality;

/// <summary>The state of a symbol's data while no job is queued or running, worst last.</summary>
public enum SymbolHealth
{
    /// <summary>Nothing was stored yet.</summary>
    Pending,

    /// <summary>Score, completeness and age are as they should be.</summary>
    Healthy,

    /// <summary>Score or completeness is below its minimum, or the newest candle is more than two intervals old.</summary>
    Warning,

    /// <summary>
    /// No provider knows the symbol any more, though candles of it are stored: delisted, or renamed. They stay as good as they
    /// were.
    /// </summary>
    Delisted,

    /// <summary>The newest candle is more than three intervals old.</summary>
    Stale,

    /// <summary>The last job failed for good.</summary>
    Error,
}
