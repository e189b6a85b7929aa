using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>What there is of a tracked symbol in one interval.</summary>
public sealed record StoredSeries
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

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
}
