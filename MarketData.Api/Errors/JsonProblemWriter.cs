using Microsoft.Extensions.Options;

namespace MarketData.Api.Errors;

/// <summary>
/// Writes every error as <c>application/problem+json</c>, whatever the request accepts: a client that asked for CSV or
/// Parquet still has to be told why it got none. (The framework's own writer leaves such answers empty.)
/// </summary>
public sealed class JsonProblemWriter(IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> options) : IProblemDetailsWriter
{
    /// <inheritdoc/>
    public bool CanWrite(ProblemDetailsContext context) => true;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        if (problem is HttpValidationProblemDetails found)
            return new(Problems.Invalid(Named(found.Errors)).ExecuteAsync(http));
        ProblemAnswers.Complete(problem, http);
        http.Response.Headers.CacheControl = "no-store";
        return new(
            http.Response.WriteAsJsonAsync(problem, options.Value.SerializerOptions, ProblemAnswers.MediaType, http.RequestAborted));
    }

    // What the framework's validation found, with the names that the fields have in requests.
    private Dictionary<string, string[]> Named(IDictionary<string, string[]> errors)
    {
        var names = options.Value.SerializerOptions.PropertyNamingPolicy!;
        return errors.Select(error => (Field: names.ConvertName(error.Key), Messages: error.Value))
            .ToDictionary(error => error.Field, error => Array.ConvertAll(error.Messages, message => $"'{error.Field}' {message}"));
    }
}
