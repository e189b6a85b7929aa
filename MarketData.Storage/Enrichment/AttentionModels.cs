namespace MarketData.Storage.Enrichment;

/// <summary>Something about a symbol that a person should look at.</summary>
public sealed record AttentionRow
{
    /// <summary>One of <see cref="AttentionKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Since when, UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>How many reports or candles; 1 where it is of the whole symbol.</summary>
    public required long Occurrences { get; init; }

    /// <summary>The latest ex-date, or the UTC date of the latest candle; null where it is of the whole symbol.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Why, where that was noted.</summary>
    public string? Cause { get; init; }

    /// <summary>What to do, where that was noted.</summary>
    public string? Advice { get; init; }
}

/// <summary>How many symbols have something of a kind.</summary>
/// <param name="Kind">One of <see cref="AttentionKinds"/>.</param>
/// <param name="Symbols">How many active symbols.</param>
public sealed record AttentionCount(string Kind, long Symbols);
