namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>How a symbol's job ended.</summary>
public sealed record JobRow
{
    public Guid Run { get; init; }

    public string Status { get; init; } = "";

    public int Attempt { get; init; }

    public string? Kind { get; init; }

    public string? Message { get; init; }

    public string? Advice { get; init; }

    public long Fetched { get; init; }

    public long Inserted { get; init; }

    public long Updated { get; init; }
}
