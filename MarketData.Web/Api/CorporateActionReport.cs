namespace MarketData.Web.Api;

public sealed partial record CorporateActionReport
{
    /// <summary>Whether somebody should know that prices are not adjusted by it.</summary>
    public bool IsLeftOut => State is "disputed" or "unconverted" or "invalid";
}
