namespace MarketData.Enrichment.Pipeline;

/// <summary>A person cancelled the job while it was worked on; thrown before its next step.</summary>
public sealed class JobStoppedException() : Exception("The job was cancelled while it was worked on.");
