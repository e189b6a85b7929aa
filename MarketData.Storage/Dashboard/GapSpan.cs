namespace MarketData.Storage.Dashboard;

/// <summary>A run of expected candles that are missing.</summary>
public sealed record GapSpan
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The first missing instant, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>The last missing instant, UTC.</summary>
    public required DateTime End { get; init; }

    /// <summary>Candles missing.</summary>
    public required int Length { get; init; }

    /// <summary>When it was found, UTC.</summary>
    public required DateTime DetectedAt { get; init; }

    /// <summary>How often providers were asked for it again.</summary>
    public required int AskedCount { get; init; }

    /// <summary>When they were last asked, UTC.</summary>
    public DateTime? LastAskedAt { get; init; }

    /// <summary>Who was asked last.</summary>
    public string? LastSource { get; init; }

    /// <summary>When they will be asked again, UTC.</summary>
    public DateTime? NextAskAt { get; init; }
}
