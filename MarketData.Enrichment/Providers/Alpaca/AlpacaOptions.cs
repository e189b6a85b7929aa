namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>Settings that Alpaca alone has, <c>Providers:Alpaca</c>.</summary>
public sealed class AlpacaOptions
{
    /// <summary>Whose trades the bars are made of.</summary>
    public AlpacaFeed Feed { get; set; }
}
