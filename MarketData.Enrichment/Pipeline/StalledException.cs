namespace MarketData.Enrichment.Pipeline;

/// <summary>A job began no step for so long that it is held to be stuck; its attempt ends, so that others get its place.</summary>
public sealed class StalledException : Exception
{
    /// <summary>Says so in general.</summary>
    public StalledException()
        : base("The work is stuck.")
    {
    }

    /// <summary>Says so with <paramref name="message"/>.</summary>
    public StalledException(string message)
        : base(message)
    {
    }

    /// <summary>Says so with <paramref name="message"/>, because of <paramref name="innerException"/>.</summary>
    public StalledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
