using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>What there is of a tracked symbol in one interval.</summary>
public sealed record StoredSeries
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The interval.</summary>
    public BarInterval Interval { get; init; }

    /// <summary>The number of the series; null when nothing was ever stored of it.</summary>
    public int? Id { get; init; }

    /// <summary>Opening instant of the first candle, UTC; null when there is none.</summary>
    public DateTime? First { get; init; }

    /// <summary>Opening instant of the last candle, UTC; null when there is none.</summary>
    public DateTime? Last { get; init; }

    /// <summary>Another one after each write to the series: candles, revisions, scores, features.</summary>
    public required string Version { get; init; }

    /// <summary>Another one after each change of what prices are adjusted by; null when nothing adjusts them.</summary>
    public string? ActionsVersion { get; init; }

    /// <summary>The instrument's name, when known.</summary>
    public string? Name { get; init; }

    /// <summary>Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</summary>
    public string? Exchange { get; init; }

    /// <summary>The currency that it trades in, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>What a price of 1 means: the currency, or a part of it such as <c>GBp</c>.</summary>
    public string? PriceUnit { get; init; }

    /// <summary>The IANA id of the time zone that decides its days.</summary>
    public string? Zone { get; init; }
}
