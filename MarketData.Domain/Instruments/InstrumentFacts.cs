namespace MarketData.Domain.Instruments;

/// <summary>What a provider tells of an instrument along with its answer, or when it is asked for it. What it does not tell is null.</summary>
public sealed record InstrumentFacts
{
    /// <summary>Who tells.</summary>
    public required string Provider { get; init; }

    /// <summary>Its name for the instrument.</summary>
    public string? Ticker { get; init; }

    /// <summary>What a price of 1 means: a currency, or a part of it such as <c>GBp</c>.</summary>
    public string? PriceUnit { get; init; }

    /// <summary>The IANA id of the exchange's time zone.</summary>
    public string? Zone { get; init; }

    /// <summary>The instrument's full name.</summary>
    public string? Name { get; init; }

    /// <summary>What it calls its kind, such as <c>EQUITY</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Its own code of the exchange.</summary>
    public string? ExchangeCode { get; init; }

    /// <summary>The first day of its history.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The last day of its history; null while it is listed.</summary>
    public DateOnly? LastTraded { get; init; }

    /// <summary>How many facts it tells.</summary>
    internal int Count => new object?[] { Ticker, PriceUnit, Zone, Name, Type, ExchangeCode, FirstTraded, LastTraded }.Count(fact => fact is not null);
}
