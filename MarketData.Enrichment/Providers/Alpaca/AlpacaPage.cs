namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>One page of Alpaca's bars without the bars.</summary>
/// <param name="Currency">What prices are in; null when absent.</param>
/// <param name="NextPageToken">Asks for the next page; null on the last one.</param>
/// <param name="Others">Symbols that there were bars of and that nobody asked for.</param>
/// <param name="Unreadable">Symbols of whose bars none reads, each with what is wrong in one sentence.</param>
public sealed record AlpacaPage(
    string? Currency, string? NextPageToken, IReadOnlyList<string> Others, IReadOnlyDictionary<string, string> Unreadable);
