namespace MarketData.Storage.Dashboard;

/// <summary>A split or a dividend.</summary>
public sealed record CorporateAction
{
    /// <summary><c>split</c> or <c>dividend</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The first day that trades without it.</summary>
    public required DateOnly ExDate { get; init; }

    /// <summary>Split: this many old shares …</summary>
    public double? RatioFrom { get; init; }

    /// <summary>… became this many new ones.</summary>
    public double? RatioTo { get; init; }

    /// <summary>Dividend per share, as paid.</summary>
    public double? CashAmount { get; init; }

    /// <summary>The dividend's currency, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>Who reported it.</summary>
    public required string Source { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTime RecordedAt { get; init; }
}
