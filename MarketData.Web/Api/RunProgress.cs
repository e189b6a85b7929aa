namespace MarketData.Web.Api;

public sealed partial record RunProgress
{
    /// <summary>The share of its symbols that are done, 0 to 1.</summary>
    public double Share => Total > 0 ? (double)Done / Total : 0;
}
