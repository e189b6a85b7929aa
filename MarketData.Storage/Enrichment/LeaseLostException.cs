namespace MarketData.Storage.Enrichment;

/// <summary>The job is no longer this node's: its lease ran out, or another node has claimed it since. Nothing was written.</summary>
public class LeaseLostException : Exception
{
    /// <summary>Says so in general.</summary>
    public LeaseLostException()
        : base("The job's lease is lost.")
    {
    }

    /// <summary>Says so with <paramref name="message"/>.</summary>
    public LeaseLostException(string message)
        : base(message)
    {
    }

    /// <summary>Says so with <paramref name="message"/>, because of <paramref name="innerException"/>.</summary>
    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says which claim was lost.</summary>
    public LeaseLostException(JobFence fence)
        : base($"Claim {fence.Number} of job {fence.Id} is lost: its lease ran out or another node holds it.")
    {
    }
}
