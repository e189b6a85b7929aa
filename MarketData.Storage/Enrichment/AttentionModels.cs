namespace MarketData.Storage.Enrichment;

/// <summary>The kinds of things about a symbol that a person should look at.</summary>
public static class AttentionKinds
{
    /// <summary>A split or dividend that the price does not show, and by which prices are not adjusted.</summary>
    public const string Disputed = "disputed";

    /// <summary>A dividend in another currency than the price's, by which prices are not adjusted.</summary>
    public const string Unconverted = "unconverted";

    /// <summary>A provider's answer was of something else than the record says.</summary>
    public const string IdentityMismatch = "identity_mismatch";

    /// <summary>After a long gap the price is at another level.</summary>
    public const string PossibleTickerReuse = "possible_ticker_reuse";

    /// <summary>Prices in another unit than those around.</summary>
    public const string UnitShift = "unit_shift";

    /// <summary>No provider knows the symbol any more.</summary>
    public const string Delisted = "delisted";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Disputed, Unconverted, IdentityMismatch, PossibleTickerReuse, UnitShift, Delisted];
}

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
