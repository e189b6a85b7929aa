using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Errors;

/// <summary>
/// The errors that this API answers with. What all have in common, such as <c>type</c> and <c>trace_id</c>, is added when they are written.
/// </summary>
public static class Problems
{
    /// <summary>400: fields that can't be read or are out of range, each with what is wrong.</summary>
    public static ProblemHttpResult Invalid(Dictionary<string, string[]> errors) =>
        Of(ProblemCodes.InvalidRequest, "One or more fields are not valid.", errors);

    /// <summary>400: one field.</summary>
    public static ProblemHttpResult Invalid(string field, string message) => Invalid(new() { [field] = [message] });

    /// <summary>404: a symbol that is not tracked.</summary>
    public static ProblemHttpResult NotTracked(Symbol symbol) => NotTracked(symbol.Value);

    /// <summary>404: what is not tracked, nor even a symbol.</summary>
    public static ProblemHttpResult NotTracked(string symbol) => Of(ProblemCodes.SymbolNotTracked, $"The symbol {symbol} is not tracked.");

    /// <summary>409: another thing of its kind, such as a receiver, goes by the name.</summary>
    public static ProblemHttpResult NameTaken(string kind, string name) => Of(ProblemCodes.NameTaken, $"Another {kind} goes by the name {name}.");

    /// <summary>409: what is to be deleted is used by notification rules.</summary>
    public static ProblemHttpResult UsedByRules(IReadOnlyList<string> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var which = rules.Count == 1 ? $"The notification rule {rules[0]} uses it." : $"The notification rules {string.Join(", ", rules.Take(10))} use it.";
        return Of(ProblemCodes.UsedByRules, $"{which} Nothing was deleted.");
    }

    /// <summary>An error of any kind; its endpoint says by <see cref="ProblemEndpoints"/> that it may answer with it.</summary>
    public static ProblemHttpResult Of(ProblemCode code, string detail, Dictionary<string, string[]>? errors = null) =>
        TypedResults.Problem(ProblemAnswers.Of(code, detail, errors));
}
