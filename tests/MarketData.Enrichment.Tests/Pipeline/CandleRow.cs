namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A row of <c>candles</c>, as a client of the database sees it.</summary>
public sealed record CandleRow
{
    public DateTime Ts { get; init; }

    public double Open { get; init; }

    public double High { get; init; }

    public double Low { get; init; }

    public double Close { get; init; }

    public double Volume { get; init; }

    public double? Vwap { get; init; }

    public long? Trades { get; init; }

    public double? TakerBuy { get; init; }

    public double? TakerSell { get; init; }

    public double? OpenInterest { get; init; }

    public double? Funding { get; init; }

    public double? LongShort { get; init; }

    public string Source { get; init; } = "";

    public bool Validated { get; init; }

    public double Score { get; init; }

    public string[]? Notes { get; init; }

    /// <summary>What a provider says of the bar, apart from what the system says of it.</summary>
    public (DateTime, double, double, double, double, double) Values => (Ts, Open, High, Low, Close, Volume);
}
