namespace MarketData.Bulk.Targets;

/// <summary>The target can't be read or written; the message is a sentence that names the setting.</summary>
public sealed class BulkTargetException : Exception
{
    /// <summary>Nothing more is known.</summary>
    public BulkTargetException() : this("Bulk:Target cannot be used.", null)
    {
    }

    /// <summary>What is wrong.</summary>
    public BulkTargetException(string message) : this(message, null)
    {
    }

    /// <summary>What is wrong, and what told of it.</summary>
    public BulkTargetException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    internal static BulkTargetException Of(string verb, string target, Exception cause) =>
        new($"Bulk:Target is '{target}', which cannot be {verb}: {cause.Message.TrimEnd('.')}.", cause);
}
