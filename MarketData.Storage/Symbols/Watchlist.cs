namespace MarketData.Storage.Symbols;

/// <summary>A named set of symbols.</summary>
public sealed record Watchlist
{
    /// <summary>Its name, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>The symbols on it, in alphabetical order. One that was removed since stays, and is left out where the list is used.</summary>
    public required string[] Symbols { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Who changed it last.</summary>
    public string? UpdatedBy { get; init; }
}
