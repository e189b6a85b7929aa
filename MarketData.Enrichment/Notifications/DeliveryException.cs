namespace MarketData.Enrichment.Notifications;

/// <summary>A receiver did not take a message. The text is shown to people and kept: it holds no address and no secret.</summary>
public sealed class DeliveryException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">Why, as a sentence.</param>
    /// <param name="isFinal">Whether trying again is of no use.</param>
    /// <param name="retryAfter">How long the receiver asked to be left alone.</param>
    /// <param name="inner">What is behind it.</param>
    public DeliveryException(string message, bool isFinal = false, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => (IsFinal, RetryAfter) = (isFinal, retryAfter);

    /// <summary>Whether trying again is of no use.</summary>
    public bool IsFinal { get; }

    /// <summary>How long the receiver asked to be left alone; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; }
}
