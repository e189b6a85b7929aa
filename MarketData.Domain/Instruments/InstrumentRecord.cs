using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>What is on record of an instrument, and what answers about it are checked against. What is not known is null.</summary>
public sealed record InstrumentRecord
{
    /// <summary>The symbol and its class.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</summary>
    public string? Exchange { get; init; }

    /// <summary>The currency that it trades in, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>What a price of 1 means: the currency, or a part of it such as <c>GBp</c>, a hundredth of GBP.</summary>
    public string? PriceUnit { get; init; }

    /// <summary>The IANA id of the time zone that decides its days.</summary>
    public string? Zone { get; init; }

    /// <summary>Its full name.</summary>
    public string? Name { get; init; }

    /// <summary>What providers call its kind, such as <c>EQUITY</c> or <c>INDEX</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The first day that it was traded.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The last day that it was traded; null while it is.</summary>
    public DateOnly? LastTraded { get; init; }

    /// <summary>The first day of its history where a person said so: what providers have of before is another instrument's.</summary>
    public DateOnly? HistoryFrom { get; init; }

    /// <summary>Whether it is still traded.</summary>
    public ListingStatus Status { get; init; }

    /// <summary>What providers call it, and when.</summary>
    public IReadOnlyList<TickerAlias> Aliases { get; init; } = [];

    /// <summary>A range in periods within which a provider calls it by one name, in order of time.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="present">What the provider calls it by its rules.</param>
    /// <param name="from">Start, UTC, inclusive.</param>
    /// <param name="to">End, UTC, exclusive.</param>
    public IReadOnlyList<TickerPeriod> Tickers(string provider, string present, DateTime from, DateTime to) =>
        TickerHistory.Split([.. Aliases.Where(alias => alias.Provider == provider)], present, from, to);

    /// <summary>The instants, UTC, at which some provider's name for it changes, ascending.</summary>
    public IReadOnlyList<DateTime> TickerChanges() =>
    [
        .. Aliases.GroupBy(alias => alias.Provider)
            .SelectMany(names => TickerHistory.Changes([.. names], Instrument.Symbol.Value))
            .Distinct()
            .Order(),
    ];
}
