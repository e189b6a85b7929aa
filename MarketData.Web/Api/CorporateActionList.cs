namespace MarketData.Web.Api;

public sealed partial record CorporateActionList
{
    /// <summary>None.</summary>
    public static CorporateActionList None { get; } = new("", [], []);
}
