namespace MarketData.Web.Live;

/// <summary>A page of something, newest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="TotalIsMinimum">Whether there may be more than <paramref name="Total"/>.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total, bool TotalIsMinimum = false);
