namespace MarketData.Storage.Enrichment;

/// <summary>What a claim proves when it writes: the job, and the fencing number of the claim. A later claim has a greater number.</summary>
/// <param name="Id">The row of <c>enrichment_jobs</c>.</param>
/// <param name="Number">The fencing number of this claim.</param>
public readonly record struct JobFence(long Id, long Number);
