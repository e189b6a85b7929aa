using MarketData.Domain.Candles;
using NodaTime;

namespace MarketData.Api.Imports;

/// <summary>What was said of an import, checked.</summary>
internal sealed record ImportSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The symbol of all rows; null where each names its own.</summary>
    public string? Symbol { get; init; }

    /// <summary>The interval of all rows; null where each names its own, or to be guessed.</summary>
    public BarInterval? Interval { get; init; }

    /// <summary>The clock of times that name none.</summary>
    public DateTimeZone? Zone { get; init; }

    /// <summary>What an hour that the clock shows twice means: <c>earlier</c>, <c>later</c> or <c>reject</c>.</summary>
    public string Ambiguous { get; init; } = "reject";

    /// <summary>Whether prices and volumes are adjusted for splits, rather than as traded.</summary>
    public bool IsSplitAdjusted { get; init; }

    /// <summary>How rows are read.</summary>
    public BarReading Reading { get; init; } = new();
}
