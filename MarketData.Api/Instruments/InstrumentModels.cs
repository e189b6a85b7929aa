using MarketData.Storage.Symbols;

namespace MarketData.Api.Instruments;

/// <summary>The records of instruments.</summary>
/// <param name="Instruments">The records, in alphabetical order of symbols.</param>
/// <param name="Total">How many there are.</param>
public sealed record InstrumentList(IReadOnlyList<TrackedSymbol> Instruments, int Total);

/// <summary>The record of an instrument, where each fact comes from, and what providers call it.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="AssetClass"><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</param>
/// <param name="Name">Its name, when known.</param>
/// <param name="Exchange">Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</param>
/// <param name="ExchangeName">What people call the exchange.</param>
/// <param name="Currency">The currency that it trades in, ISO 4217.</param>
/// <param name="PriceUnit">What a price of 1 means: the currency, or a part of it such as <c>GBp</c>, a hundredth of GBP.</param>
/// <param name="Zone">The IANA id of the time zone that decides its days.</param>
/// <param name="InstrumentType">What providers call its kind, such as <c>EQUITY</c>.</param>
/// <param name="FirstTraded">The first day that it was traded, where known.</param>
/// <param name="LastTraded">The last day that it was traded; null while it is.</param>
/// <param name="Status"><c>active</c>, <c>inactive</c>, <c>delisted</c>, <c>renamed</c> or <c>unverified</c>.</param>
/// <param name="Active">Whether it is enriched.</param>
/// <param name="Timeframes">The intervals to enrich.</param>
/// <param name="CreatedAt">When it was added, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
/// <param name="Facts">Who last confirmed each fact, and when.</param>
/// <param name="Aliases">What providers call it, and when; where none speaks of a day, the name follows from the symbol.</param>
public sealed record InstrumentDetails(
    string Symbol, string AssetClass, string? Name, string? Exchange, string? ExchangeName, string? Currency, string? PriceUnit, string? Zone,
    string? InstrumentType, DateOnly? FirstTraded, DateOnly? LastTraded, string Status, bool Active, IReadOnlyList<string> Timeframes,
    DateTime CreatedAt, DateTime UpdatedAt, IReadOnlyList<ConfirmedFact> Facts, IReadOnlyList<RecordedAlias> Aliases);
