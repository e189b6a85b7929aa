namespace MarketData.Web.Api;

public sealed partial record RunDetail
{
    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is "queued" or "running";

    /// <summary>How long it took; null while it goes on.</summary>
    public TimeSpan? Duration => CompletedAt - StartedAt;
}
