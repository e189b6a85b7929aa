namespace MarketData.Storage.Candles;

/// <summary>What is stored of a series, and where its enrichment goes on. Every part is null for a series without candles.</summary>
public sealed record SeriesState
{
    /// <summary>The number of the series; null when nothing was ever stored of it.</summary>
    public int? Id { get; init; }

    /// <summary>Opening instant of the first candle, UTC.</summary>
    public DateTime? FirstTs { get; init; }

    /// <summary>The watermark: opening instant of the last closed candle stored, UTC.</summary>
    public DateTime? LastTs { get; init; }

    /// <summary>Candles up to here were fetched when they were final, UTC.</summary>
    public DateTime? FinalThrough { get; init; }

    /// <summary>
    /// From here on candles are to be had again: they are a fallback's because the first provider did not answer, or lack a part; UTC, null
    /// when there are none such.
    /// </summary>
    public DateTime? ProvisionalFrom { get; init; }

    /// <summary>From here on days were judged by the rules of an earlier build, UTC; null when none were.</summary>
    public DateTime? JudgeFrom { get; init; }

    /// <summary>When candles were last fetched, UTC.</summary>
    public DateTime? LastFetchAt { get; init; }

    /// <summary>The provider that last gave candles.</summary>
    public string? LastSource { get; init; }

    /// <summary>How often something changed that the series' features follow from.</summary>
    public long FeatureEpoch { get; init; }
}
