namespace MarketData.Web.Api;

public sealed partial record Job
{
    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is "queued" or "running" or "retrying";

    /// <summary>Why the last attempt failed, without what was said word for word.</summary>
    public string? ErrorSentence => ErrorMessage?.Split('\n')[0];
}
