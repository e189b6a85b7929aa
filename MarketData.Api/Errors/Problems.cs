using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace MarketData.Api.Errors;

/// <summary>The errors that this API answers with. <c>instance</c> and <c>trace_id</c> are added when they are written.</summary>
public static class Problems
{
    /// <summary>400: fields that can't be read or are out of range, each with what is wrong.</summary>
    public static ProblemHttpResult Invalid(Dictionary<string, string[]> errors) =>
        Of(StatusCodes.Status400BadRequest, "One or more fields are not valid.", errors);

    /// <summary>400: one field.</summary>
    public static ProblemHttpResult Invalid(string field, string message) => Invalid(new() { [field] = [message] });

    /// <summary>404.</summary>
    public static ProblemHttpResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, detail);

    /// <summary>409.</summary>
    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    /// <summary>422: understood, but it can't be done.</summary>
    public static ProblemHttpResult Unprocessable(string detail, Dictionary<string, string[]>? errors = null) =>
        Of(StatusCodes.Status422UnprocessableEntity, detail, errors);

    /// <summary>An error of any status.</summary>
    public static ProblemHttpResult Of(int status, string detail, Dictionary<string, string[]>? errors = null) =>
        TypedResults.Problem(
            detail,
            statusCode: status,
            title: ReasonPhrases.GetReasonPhrase(status),
            extensions: errors is null ? null : new Dictionary<string, object?> { ["errors"] = errors });
}
