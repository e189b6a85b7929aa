namespace MarketData.Storage.Enrichment;

/// <summary>The right to write for a symbol: the job, and the number that its claim got. A later claim has a greater number.</summary>
/// <param name="Id">The row of <c>enrichment_jobs</c>.</param>
/// <param name="Number">The fencing number of this claim.</param>
public readonly record struct JobFence(long Id, long Number);
