namespace MarketData.Web.Api;

public sealed partial record Job
{
    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is "queued" or "running" or "retrying";
}
