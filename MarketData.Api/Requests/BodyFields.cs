using MarketData.Api.Errors;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Requests;

/// <summary>Reads the fields of a body, and collects what is wrong with each.</summary>
public sealed class BodyFields
{
    private const int MostItems = 10_000;

    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>The answer that names every field that is wrong; null when none is.</summary>
    public ProblemHttpResult? Problem => _errors.Count == 0 ? null : Problems.Invalid(_errors);

    /// <summary>Refuses a field on a condition; the first objection to it stands.</summary>
    public void RefuseIf(bool condition, string field, string requirement)
    {
        if (condition)
            _errors.TryAdd(field, [$"'{field}' {requirement}"]);
    }

    /// <summary>Reads an optional list of symbols.</summary>
    public IReadOnlyList<Symbol> Symbols(string field, IReadOnlyList<string?>? texts) => List<Symbol>(
        field, texts, Domain.Candles.Symbol.TryParse, Parameters.SymbolRequirement);

    /// <summary>Reads an optional list of intervals.</summary>
    public IReadOnlyList<BarInterval> Timeframes(string field, IReadOnlyList<string?>? texts) => List<BarInterval>(
        field, texts, BarIntervals.TryParse, Parameters.TimeframeRequirement);

    /// <summary>Reads a symbol that must be there.</summary>
    public Symbol Symbol(string field, string? text)
    {
        RefuseIf(!Domain.Candles.Symbol.TryParse(text, out var symbol), field, Parameters.SymbolRequirement);
        return symbol;
    }

    /// <summary>Reads an optional asset class.</summary>
    public AssetClass? AssetClass(string field, string? text)
    {
        if (text is null)
            return null;
        RefuseIf(!AssetClassNames.TryParse(text, out var assetClass), field, "must be one of stock, etf, crypto.");
        return assetClass;
    }

    /// <summary>Reads an optional instant; one without an offset is UTC.</summary>
    public DateTime? Instant(string field, DateTime? instant)
    {
        if (instant is not { } given)
            return null;
        RefuseIf(given.Year is < 1900 or > 2200, field, "must be a date or a time in ISO 8601 from the years 1900 to 2200.");
        return given.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(given, DateTimeKind.Utc) : given.ToUniversalTime();
    }

    /// <summary>Reads an optional line of text.</summary>
    public string? Text(string field, string? text, int maxLength)
    {
        RefuseIf(
            text is not null && (text.Length > maxLength || string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl) || !Parameters.IsWellFormed(text)),
            field,
            $"must be 1 to {maxLength} characters of text.");
        return text?.Trim();
    }

    private delegate bool Reader<T>(string? text, out T value);

    private List<T> List<T>(string field, IReadOnlyList<string?>? texts, Reader<T> read, string requirement)
    {
        var values = new List<T>();
        if (texts is { Count: > MostItems })
        {
            RefuseIf(true, field, $"must hold at most {MostItems} items.");
            return values;
        }

        foreach (var text in texts ?? [])
        {
            if (read(text, out var value))
                values.Add(value);
            else
                RefuseIf(true, field, "holds what is not acceptable; each item " + requirement);
        }

        return values;
    }
}
