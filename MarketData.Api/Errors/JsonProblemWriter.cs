using System.Diagnostics;
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
        problem.Status ??= http.Response.StatusCode;
        problem.Title ??= Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Type ??= "about:blank";
        problem.Instance ??= http.Request.Path;
        problem.Extensions["trace_id"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        http.Response.Headers.CacheControl = "no-store";
        return new(http.Response.WriteAsJsonAsync(problem, options.Value.SerializerOptions, "application/problem+json", http.RequestAborted));
    }
}
