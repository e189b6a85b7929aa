namespace MarketData.Storage.Enrichment;

/// <summary>
/// The job is still this node's, but the database has failed over since it was claimed: what the node stored for it may be gone. Nothing was
/// written; whoever claims the job next goes on from what is there.
/// </summary>
public sealed class FailedOverException : LeaseLostException
{
    /// <summary>Says so in general.</summary>
    public FailedOverException()
        : base(Cause)
    {
    }

    /// <summary>Says so with <paramref name="message"/>.</summary>
    public FailedOverException(string message)
        : base(message)
    {
    }

    /// <summary>Says so with <paramref name="message"/>, because of <paramref name="innerException"/>.</summary>
    public FailedOverException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says which claim it was.</summary>
    public FailedOverException(JobFence fence)
        : base($"Claim {fence.Number} of job {fence.Id} is from before the database failed over.")
    {
    }

    /// <summary>What has happened, one sentence.</summary>
    public static string Cause => "The database failed over to a server that may lack what was stored last.";
}
