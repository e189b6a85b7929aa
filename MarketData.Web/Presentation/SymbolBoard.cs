using System.Collections.Concurrent;
using System.Text.Json;
using MarketData.Web.Api;
using MarketData.Web.Live;

namespace MarketData.Web.Presentation;

/// <summary>
/// The symbols of the table, kept up to date by events: what an event says is taken over as it is, and only a symbol whose job
/// ended is asked for again. So a run over thousands of symbols does not load thousands of rows four times a second.
/// </summary>
public sealed class SymbolBoard
{
    /// <summary>Above so many ended jobs at once, asking for all symbols costs less than asking for each.</summary>
    private const int MostSingleReads = 12;

    /// <summary>Days of daily quality that a row shows.</summary>
    private const int HistoryDays = 30;

    private readonly ConcurrentQueue<ApiEvent> _changes = new();
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private List<DetailedSymbol> _symbols = [];
    private volatile bool _outdated = true;

    /// <summary>The symbols, in the order of the Api.</summary>
    public IReadOnlyList<DetailedSymbol> Symbols => _symbols;

    /// <summary>Whether anything was loaded yet.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>A symbol; null when it is not tracked.</summary>
    public DetailedSymbol? Find(string symbol) => _places.TryGetValue(symbol, out var place) ? _symbols[place] : null;

    /// <summary>Takes note of a change; called from the feed's thread.</summary>
    /// <returns>Whether it concerns the table.</returns>
    public bool Note(ApiEvent change)
    {
        switch (change.Kind)
        {
            case "job" or "quality":
                _changes.Enqueue(change);
                return true;
            case "run" when change.Text("status") is not ("queued" or "running"):
                _outdated = true;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Everything is to be loaded again next time.</summary>
    public void Invalidate() => _outdated = true;

    /// <summary>Brings the table up to date with as few requests as that takes.</summary>
    public async Task UpdateAsync(MarketDataClient client, CancellationToken cancellationToken)
    {
        var ended = TakeChanges();
        if (_outdated || ended.Count > MostSingleReads)
        {
            _outdated = false;
            try
            {
                Load((await client.GetDetailedSymbolsAsync(historyDays: HistoryDays, cancellationToken: cancellationToken)).Symbols);
            }
            catch
            {
                _outdated = true;
                throw;
            }

            return;
        }

        foreach (var found in await Task.WhenAll(ended.Select(symbol => client.FindSymbolAsync(symbol, cancellationToken))))
        {
            if (found is not null && _places.TryGetValue(found.Symbol, out var place))
                _symbols[place] = found with { QualityHistory = found.QualityHistory ?? _symbols[place].QualityHistory };
        }
    }

    private void Load(IReadOnlyList<DetailedSymbol> symbols)
    {
        _symbols = [.. symbols];
        _places.Clear();
        for (var i = 0; i < _symbols.Count; i++)
            _places[_symbols[i].Symbol] = i;
        IsLoaded = true;
    }

    private HashSet<string> TakeChanges()
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        while (_changes.TryDequeue(out var change))
        {
            if (change.Text("symbol") is not { } symbol || change.Text("status") is not { } status || !_places.TryGetValue(symbol, out var place))
                continue;
            if (change.Kind == "quality")
                _symbols[place] = WithQuality(_symbols[place], change.Payload, status);
            else if (SymbolRow.IsWorking(status))
                _symbols[place] = _symbols[place] with { Status = status };
            else
                ended.Add(symbol);
        }

        return ended;
    }

    // While a job is queued or running, the row says so; what the symbol is then comes when the job ends.
    private static DetailedSymbol WithQuality(DetailedSymbol row, JsonElement payload, string status) => row with
    {
        Status = SymbolRow.IsWorking(row.Status) ? row.Status : status,
        QualityScore = Number(payload, "quality_score") ?? row.QualityScore,
        ValidationRate = Number(payload, "validation_rate") ?? row.ValidationRate,
        DataCompleteness = Number(payload, "data_completeness") ?? row.DataCompleteness,
    };

    private static double? Number(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
