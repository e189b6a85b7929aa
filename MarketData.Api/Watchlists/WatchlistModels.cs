using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Watchlists;

/// <summary>Every watchlist.</summary>
/// <param name="Items">The lists, by name.</param>
public sealed record WatchlistList(IReadOnlyList<Watchlist> Items);

/// <summary>What is on a watchlist from now on.</summary>
public sealed record WatchlistContent
{
    /// <summary>1 to 500 symbols that are tracked, in any case.</summary>
    [Required(ErrorMessage = Requirement), Parsable(typeof(Symbol)), Length(1, WatchlistChoice.Most, ErrorMessage = Requirement)]
    public IReadOnlyList<string?>? Symbols { get; init; }

    private const string Requirement = "must hold 1 to 500 symbols.";
}

/// <summary>A watchlist's name.</summary>
internal sealed class WatchlistNameAttribute : RegularExpressionAttribute
{
    public WatchlistNameAttribute()
        : base("^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$") => ErrorMessage =
            "must be 1 to 50 letters, digits, hyphens and underscores, beginning with a letter or a digit.";
}
