namespace MarketData.Web.Presentation;

/// <summary>What a reader looks for among the runs, as it stands in the page's address.</summary>
/// <param name="Success">Only runs without a failed symbol (true), or only those with one (false); null for all.</param>
/// <param name="Symbol">Only those with this symbol.</param>
/// <param name="Day">Only those that were put on record on this day, UTC.</param>
public sealed record RunSearch(bool? Success, string? Symbol, DateOnly? Day);
