namespace MarketData.Storage.Symbols;

/// <summary>A tracked symbol.</summary>
public record TrackedSymbol
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>Its name, when known.</summary>
    public string? Name { get; init; }

    /// <summary>Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</summary>
    public string? Exchange { get; init; }

    /// <summary>The currency that it trades in, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>What a price of 1 means: the currency, or a part of it such as <c>GBp</c>, a hundredth of GBP.</summary>
    public string? PriceUnit { get; init; }

    /// <summary>The IANA id of the time zone that decides its days.</summary>
    public string? Zone { get; init; }

    /// <summary>What providers call its kind, such as <c>EQUITY</c>.</summary>
    public string? InstrumentType { get; init; }

    /// <summary>The first day that it was traded, where known.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The last day that it was traded; null while it is.</summary>
    public DateOnly? LastTraded { get; init; }

    /// <summary><c>active</c>, <c>inactive</c>, <c>delisted</c>, <c>renamed</c>, or <c>unverified</c>: nobody who knows it could be asked yet.</summary>
    public string Status { get; init; } = "active";

    /// <summary>Whether it is enriched; an inactive symbol keeps its data.</summary>
    public required bool Active { get; init; }

    /// <summary>The intervals to enrich.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>When it was added, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>What a provider calls a symbol over a range of days, and who says so.</summary>
public sealed record RecordedAlias
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Its name for the symbol.</summary>
    public required string ProviderSymbol { get; init; }

    /// <summary>The first day; null since ever.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day; null to this day.</summary>
    public DateOnly? ValidTo { get; init; }

    /// <summary>Who says so: <c>person</c>, <c>ticker_events</c> or <c>built_in</c>; where two speak of a day, the first of these counts.</summary>
    public required string Source { get; init; }

    /// <summary>The person who entered it.</summary>
    public string? RecordedBy { get; init; }

    /// <summary>Since when it is on record, UTC.</summary>
    public required DateTime RecordedAt { get; init; }
}

/// <summary>Who last confirmed a fact of an instrument's record.</summary>
public sealed record ConfirmedFact
{
    /// <summary>The fact, such as <c>exchange</c>.</summary>
    public required string Fact { get; init; }

    /// <summary>A provider, <c>rule</c> for what follows from the symbol's name, or a person.</summary>
    public required string ConfirmedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime ConfirmedAt { get; init; }
}

/// <summary>What came of deleting a symbol with its data.</summary>
/// <param name="IsBusy">True: a job of it is queued or running, so that it was not deleted.</param>
/// <param name="CandlesDeleted">Candles deleted.</param>
public sealed record PurgeResult(bool IsBusy, long CandlesDeleted);
