namespace MarketData.Web.Api;

public sealed partial record BackfillDetail
{
    /// <summary>Whether some of it is still worked on, or will be.</summary>
    public bool IsOpen => Status is "queued" or "running";
}
