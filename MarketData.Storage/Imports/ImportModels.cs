using MarketData.Domain.Candles;

namespace MarketData.Storage.Imports;

/// <summary>The right to add rows to an import, until a later upload under its name takes over.</summary>
/// <param name="Name">The import.</param>
/// <param name="Id">The upload.</param>
public sealed record ImportUpload(string Name, Guid Id);

/// <summary>Candles of one series that were received, in any order, all of the same part.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Interval">The interval.</param>
/// <param name="Part">The beginning of the range that is stored as one, UTC, as <see cref="ImportParts"/> has it.</param>
/// <param name="Candles">The candles, as traded.</param>
public sealed record ImportChunk(Symbol Symbol, BarInterval Interval, DateTime Part, ReadOnlyMemory<Candle> Candles);

/// <summary>An import, as it stands.</summary>
public sealed record ImportSummary
{
    /// <summary>Its name; its candles have the source <c>import:</c> and this.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>receiving</c>, <c>queued</c>, <c>storing</c>, <c>completed</c>, <c>failed</c> (some of it could not be stored or undone, or nothing of it
    /// was a candle), <c>undoing</c> or <c>undone</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Who brought it: the name of an API key, or <c>command line</c>; null for someone without a key.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When all of it had been received, UTC.</summary>
    public DateTime? ReceivedAt { get; init; }

    /// <summary>Who had it undone.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>When that was asked for, UTC.</summary>
    public DateTime? UndoneAt { get; init; }

    /// <summary>The run that stores or undoes it, the latest; null before that, and when its record has gone.</summary>
    public Guid? JobId { get; init; }

    /// <summary>Candles received.</summary>
    public long Received { get; init; }

    /// <summary>Candles still to be stored.</summary>
    public long Waiting { get; init; }

    /// <summary>Candles that were new.</summary>
    public long Inserted { get; init; }

    /// <summary>Candles that replaced others, which are on record as revisions.</summary>
    public long Updated { get; init; }

    /// <summary>Candles that were on record as they are, or where a provider's comes first.</summary>
    public long Unchanged { get; init; }

    /// <summary>Bars that broke a structural rule.</summary>
    public long Rejected { get; init; }
}

/// <summary>What came of one series of an import.</summary>
public sealed record ImportedSeries
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Opening instant of the first candle received, UTC.</summary>
    public required DateTime FirstTs { get; init; }

    /// <summary>Opening instant of the last candle received, UTC.</summary>
    public required DateTime LastTs { get; init; }

    /// <summary>Candles received.</summary>
    public long Received { get; init; }

    /// <summary>Candles that were new.</summary>
    public long Inserted { get; init; }

    /// <summary>Candles that replaced others.</summary>
    public long Updated { get; init; }

    /// <summary>Candles that were on record as they are, or where a provider's comes first.</summary>
    public long Unchanged { get; init; }

    /// <summary>Bars that broke a structural rule.</summary>
    public long Rejected { get; init; }
}
