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
