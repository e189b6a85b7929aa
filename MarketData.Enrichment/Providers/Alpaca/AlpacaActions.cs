using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Domain.Adjustments;

namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>
/// The splits, dividends and changes of name in answers of <c>/v1/corporate-actions</c>. What can't be read costs no other part of them.
/// </summary>
internal sealed class AlpacaActions
{
    private static readonly JsonSerializerOptions Format = new()
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        RespectNullableAnnotations = true,
    };

    private readonly List<(string Symbol, StockSplit Split)> _splits = [];
    private readonly List<(string Symbol, CashDividend Dividend)> _dividends = [];
    private readonly List<NameChange> _changes = [];
    private readonly List<(string? Symbol, string Flaw)> _flaws = [];

    /// <summary>Reads the body of a page.</summary>
    /// <exception cref="JsonException">It is not a page of corporate actions.</exception>
    public static Answer Parse(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize<Answer>(body) ?? throw new JsonException("it is null.");

    /// <summary>Takes what a page tells.</summary>
    /// <returns>What asks for the next page; null on the last one.</returns>
    public string? Add(Answer page)
    {
        foreach (var (list, elements) in page.Actions ?? [])
        {
            // Spin-offs, mergers and the like change no number of shares.
            Action<JsonElement>? add = list switch
            {
                "forward_splits" or "reverse_splits" => AddSplit,
                "stock_dividends" => AddStockDividend,
                "cash_dividends" => AddDividend,
                "name_changes" => AddNameChange,
                _ => null,
            };
            if (add is null || elements.ValueKind == JsonValueKind.Null)
                continue;
            if (elements.ValueKind != JsonValueKind.Array)
            {
                _flaws.Add((null, $"corporate_actions.{list} is no array."));
                continue;
            }

            var i = 0;
            foreach (var element in elements.EnumerateArray())
                Add(add, element, $"corporate_actions.{list}[{i++}]");
        }

        return string.IsNullOrEmpty(page.NextPageToken) ? null : page.NextPageToken;
    }

    /// <summary>What is told of a name, with ex-dates in a range.</summary>
    public CorporateActions Of(string symbol, DateOnly from, DateOnly to) => new(
        [.. _splits.Where(told => told.Symbol == symbol).Select(told => told.Split).Where(split => split.ExDate >= from && split.ExDate <= to)
            .OrderBy(split => split.ExDate)],
        [.. _dividends.Where(told => told.Symbol == symbol).Select(told => told.Dividend).Where(paid => paid.ExDate >= from && paid.ExDate <= to)
            .OrderBy(paid => paid.ExDate)])
    {
        Flaws = [.. _flaws.Where(told => told.Symbol is null || told.Symbol == symbol).Select(told => told.Flaw)],
    };

    /// <summary>The last change, up to a day, to a name from another.</summary>
    /// <returns>The first day of the name, and the name before; null where there was no change.</returns>
    public (DateOnly Since, string Before)? ChangeTo(string symbol, DateOnly latest) => _changes
        .Where(change => change.NewSymbol == symbol && change.OldSymbol != symbol && change.ProcessDate <= latest)
        .OrderByDescending(change => change.ProcessDate)
        .Select(change => ((DateOnly, string)?)(change.ProcessDate, change.OldSymbol))
        .FirstOrDefault();

    private void Add(Action<JsonElement> add, JsonElement element, string place)
    {
        try
        {
            add(element);
        }
        catch (JsonException e)
        {
            var symbol = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("symbol", out var named)
                && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            _flaws.Add((symbol, $"{place}{e.Path?.TrimStart('$')}: {element.GetRawText()}"));
        }
    }

    private void AddSplit(JsonElement element)
    {
        var split = Read<Split>(element);
        _splits.Add((split.Symbol, new StockSplit(split.ExDate, Finite(split.OldRate, "old_rate"), Finite(split.NewRate, "new_rate"))));
    }

    // So many new shares for each that one has: 0.05 is 1.05 for 1.
    private void AddStockDividend(JsonElement element)
    {
        var paid = Read<Dividend>(element);
        _splits.Add((paid.Symbol, new StockSplit(paid.ExDate, 1, 1 + Finite(paid.Rate, "rate"))));
    }

    private void AddDividend(JsonElement element)
    {
        var paid = Read<Dividend>(element);
        _dividends.Add((paid.Symbol, new CashDividend(
            paid.ExDate, Finite(paid.Rate, "rate"), paid.Currency ?? AlpacaProvider.Currency, paid.RecordDate, paid.PayableDate)));
    }

    private void AddNameChange(JsonElement element) => _changes.Add(Read<NameChange>(element));

    private static double Finite(double number, string name) =>
        double.IsFinite(number) ? number : throw new JsonException("It is no number.", $"$.{name}", null, null);

    private static T Read<T>(JsonElement element) => element.Deserialize<T>(Format) ?? throw new JsonException("It is null.");

    /// <summary>A page as it comes.</summary>
    /// <param name="Actions">Actions by their kind.</param>
    /// <param name="NextPageToken">Asks for the next page.</param>
    internal sealed record Answer(
        [property: JsonPropertyName("corporate_actions"), JsonRequired] Dictionary<string, JsonElement>? Actions,
        [property: JsonPropertyName("next_page_token")] string? NextPageToken);

    internal sealed record Split(
        [property: JsonPropertyName("symbol"), JsonRequired] string Symbol,
        [property: JsonPropertyName("ex_date"), JsonRequired] DateOnly ExDate,
        [property: JsonPropertyName("old_rate"), JsonRequired] double OldRate,
        [property: JsonPropertyName("new_rate"), JsonRequired] double NewRate);

    internal sealed record Dividend(
        [property: JsonPropertyName("symbol"), JsonRequired] string Symbol,
        [property: JsonPropertyName("ex_date"), JsonRequired] DateOnly ExDate,
        [property: JsonPropertyName("rate"), JsonRequired] double Rate,
        [property: JsonPropertyName("currency")] string? Currency,
        [property: JsonPropertyName("record_date")] DateOnly? RecordDate,
        [property: JsonPropertyName("payable_date")] DateOnly? PayableDate);

    internal sealed record NameChange(
        [property: JsonPropertyName("old_symbol"), JsonRequired] string OldSymbol,
        [property: JsonPropertyName("new_symbol"), JsonRequired] string NewSymbol,
        [property: JsonPropertyName("process_date"), JsonRequired] DateOnly ProcessDate);
}
