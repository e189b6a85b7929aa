namespace MarketData.Storage.Enrichment;

/// <summary>A job whose lease ran out.</summary>
public sealed record LostJob
{
    /// <summary>The row of <c>enrichment_jobs</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The run that the job is part of.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>What became of it: <c>queued</c> again, <c>cancelled</c> as was asked, or <c>failed</c> after too many lost nodes.</summary>
    public required string Status { get; init; }

    /// <summary>The node that held it.</summary>
    public required string Node { get; init; }
}
