namespace MarketData.Enrichment.Providers.Binance;

/// <summary>One answer of Binance's klines without its bars.</summary>
/// <param name="Rows">Rows read, whatever became of them.</param>
/// <param name="LastOpen">The last row's opening instant, UTC: the next page starts after it.</param>
public readonly record struct BinancePage(int Rows, DateTime? LastOpen);
