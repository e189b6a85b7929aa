namespace MarketData.Api.Historical;

/// <summary>A page of candles. Written straight from the database to the socket; this record is its description.</summary>
public sealed record CandlePage
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The candles, oldest first.</summary>
    public required IReadOnlyList<CandleView> Candles { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }
}
