using MarketData.Storage.Dashboard;

namespace MarketData.Api.Symbols;

/// <summary>A symbol's splits and dividends.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Items">Its actions, newest first.</param>
public sealed record CorporateActionList(string Symbol, IReadOnlyList<CorporateAction> Items);
