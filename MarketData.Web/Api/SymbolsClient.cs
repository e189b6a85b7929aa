using System.Text.Json;

namespace MarketData.Web.Api;

/// <summary>Tracked symbols, their quality and their set-up.</summary>
public sealed class SymbolsClient(ApiConnection api)
{
    private const int HistoryDays = 30;
    private const int LongestReport = 1000;

    /// <summary>All tracked symbols with their state and their daily quality of the last days.</summary>
    public Task<DetailedSymbolList> GetDetailedAsync(CancellationToken cancellationToken) =>
        api.GetAsync<DetailedSymbolList>($"api/v1/symbols/detailed?history_days={HistoryDays}", cancellationToken);

    /// <summary>One tracked symbol with its state; null when it is not tracked.</summary>
    public async Task<DetailedSymbol?> FindAsync(string symbol, CancellationToken cancellationToken)
    {
        var found = await api.GetAsync<DetailedSymbolList>("api/v1/symbols/detailed" + UrlQuery.Of(("search", symbol)), cancellationToken);
        return found.Symbols.FirstOrDefault(s => s.Symbol.Equals(symbol, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What a symbol is, and where that is known from; null when it is not tracked.</summary>
    public async Task<InstrumentDetails?> FindInstrumentAsync(string symbol, CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetAsync<InstrumentDetails>($"api/v1/instruments/{Uri.EscapeDataString(symbol)}", cancellationToken);
        }
        catch (ApiException failure) when (failure.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Symbols that begin with, or else contain, the text.</summary>
    public async Task<IReadOnlyList<string>> SuggestAsync(string text, CancellationToken cancellationToken)
    {
        var found = await api.GetAsync<SymbolList>("api/v1/symbols" + UrlQuery.Of(("search", text)), cancellationToken);
        return [.. found.Symbols
            .Where(s => s.Symbol.Contains(text, StringComparison.OrdinalIgnoreCase)
                || s.Name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true)
            .OrderBy(s => !s.Symbol.StartsWith(text, StringComparison.OrdinalIgnoreCase))
            .ThenBy(s => s.Symbol, StringComparer.Ordinal)
            .Select(s => s.Symbol)];
    }

    /// <summary>Quality by day, gaps, anomalies, rejects and revisions of one interval, over a span of days.</summary>
    public Task<QualityReport> GetQualityAsync(
        string symbol, string timeframe, DateOnly start, DateOnly end, CancellationToken cancellationToken) =>
        api.GetAsync<QualityReport>(
            $"api/v1/data/quality/{Uri.EscapeDataString(symbol)}" + UrlQuery.Of(
                ("timeframe", timeframe),
                ("start", start.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
                ("end", end.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
                ("limit", LongestReport.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            cancellationToken);

    /// <summary>Splits and dividends in effect, and what providers told of them.</summary>
    public Task<CorporateActionList> GetCorporateActionsAsync(string symbol, CancellationToken cancellationToken) =>
        api.GetAsync<CorporateActionList>(CorporateActions(symbol), cancellationToken);

    /// <summary>Adds a split or a dividend that no provider tells of.</summary>
    public Task<CorporateActionList> AddCorporateActionAsync(string symbol, NewCorporateAction action, CancellationToken cancellationToken) =>
        api.SendAsync<CorporateActionList>(HttpMethod.Post, CorporateActions(symbol), action, cancellationToken);

    /// <summary>Confirms a report, on the day given or its own.</summary>
    public Task<CorporateActionList> ConfirmCorporateActionAsync(string symbol, long report, DateOnly? exDate, CancellationToken cancellationToken) =>
        api.SendAsync<CorporateActionList>(
            HttpMethod.Put, $"{CorporateActions(symbol)}/{report}", new CorporateActionConfirmation(exDate), cancellationToken);

    /// <summary>Takes a report out of effect.</summary>
    public Task<CorporateActionList> WithdrawCorporateActionAsync(string symbol, long report, CancellationToken cancellationToken) =>
        api.SendAsync<CorporateActionList>(HttpMethod.Delete, $"{CorporateActions(symbol)}/{report}", null, cancellationToken);

    /// <summary>Enters what a provider calls a symbol; what was entered from the same day on is replaced.</summary>
    public Task<InstrumentDetails> EnterAliasAsync(string symbol, NewAlias alias, CancellationToken cancellationToken) =>
        api.SendAsync<InstrumentDetails>(HttpMethod.Put, $"{Admin(symbol)}/aliases", alias, cancellationToken);

    /// <summary>Removes a name that was entered.</summary>
    public Task<InstrumentDetails> RemoveAliasAsync(string symbol, long alias, CancellationToken cancellationToken) =>
        api.SendAsync<InstrumentDetails>(HttpMethod.Delete, $"{Admin(symbol)}/aliases/{alias}", null, cancellationToken);

    /// <summary>Deletes what is stored of before a day, and has it asked for no more.</summary>
    public Task<HistoryCutAway> CutHistoryAsync(string symbol, DateOnly before, CancellationToken cancellationToken) =>
        api.SendAsync<HistoryCutAway>(HttpMethod.Post, $"{Admin(symbol)}/history-cuts", new NewHistoryCut(before), cancellationToken);

    /// <summary>Says that prices at an odd level are right.</summary>
    /// <param name="symbol">Whose.</param>
    /// <param name="kind"><c>possible_ticker_reuse</c> or <c>unit_shift</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task AcknowledgePriceLevelAsync(string symbol, string kind, CancellationToken cancellationToken) =>
        api.SendAsync<JsonElement>(HttpMethod.Post, $"{Admin(symbol)}/acknowledgements", new { kind }, cancellationToken);

    /// <summary>The features that there are.</summary>
    public async Task<IReadOnlyList<FeatureInfo>> GetFeatureCatalogueAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<FeatureCatalogue>("api/v1/features", cancellationToken)).Items;

    /// <summary>What providers say of a symbol before it is followed.</summary>
    public Task<SymbolLookup> LookUpAsync(string symbol, CancellationToken cancellationToken) =>
        api.SendAsync<SymbolLookup>(HttpMethod.Get, "api/v1/admin/symbols/lookup" + UrlQuery.Of(("symbol", symbol)), null, cancellationToken);

    /// <summary>Follows a new symbol.</summary>
    public Task<TrackedSymbol> AddAsync(NewSymbol symbol, CancellationToken cancellationToken) =>
        api.SendAsync<TrackedSymbol>(HttpMethod.Post, "api/v1/admin/symbols", symbol, cancellationToken);

    /// <summary>A symbol as it is set up, whatever is stored of it.</summary>
    public Task<TrackedSymbol> GetSetUpAsync(string symbol, CancellationToken cancellationToken) =>
        api.GetAsync<TrackedSymbol>(Admin(symbol), cancellationToken);

    /// <summary>Changes a symbol's set-up.</summary>
    public Task<TrackedSymbol> ChangeAsync(string symbol, SymbolChange change, CancellationToken cancellationToken) =>
        api.SendAsync<TrackedSymbol>(HttpMethod.Put, Admin(symbol), change, cancellationToken);

    /// <summary>Stops following a symbol; its data stays.</summary>
    public Task DeactivateAsync(string symbol, CancellationToken cancellationToken) =>
        api.SendAsync<JsonElement>(HttpMethod.Delete, Admin(symbol), null, cancellationToken);

    private static string CorporateActions(string symbol) => $"api/v1/corporate-actions/{Uri.EscapeDataString(symbol)}";

    private static string Admin(string symbol) => $"api/v1/admin/symbols/{Uri.EscapeDataString(symbol)}";

    private sealed record SymbolList(IReadOnlyList<TrackedSymbol> Symbols, int Total);
}
