using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Microsoft.Extensions.Hosting;

/// <summary>Completes errors, and writes them where nothing of the framework's does.</summary>
public static class ProblemAnswers
{
    /// <summary>The media type of an error.</summary>
    public const string MediaType = "application/problem+json";

    private const string CodeField = "code";

    /// <summary>An error of this kind; <see cref="Complete(ProblemDetails, HttpContext)"/> adds what is known of the request.</summary>
    /// <param name="code">The kind.</param>
    /// <param name="detail">What went wrong this time.</param>
    /// <param name="errors">What is wrong with each field.</param>
    public static ProblemDetails Of(ProblemCode code, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        var problem = new ProblemDetails { Status = code.Status, Detail = detail };
        problem.Extensions[CodeField] = code.Code;
        if (errors is not null)
            problem.Extensions["errors"] = errors;
        return problem;
    }

    /// <summary>
    /// Adds what every error has: <c>code</c>, from the status where nobody has given one; <c>type</c> and <c>title</c>, which are the code's;
    /// <c>instance</c> and <c>trace_id</c>.
    /// </summary>
    public static void Complete(ProblemDetails problem, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(context);
        problem.Status ??= context.Response.StatusCode;
        Complete(problem, context.Request.PathBase + context.Request.Path, context.TraceIdentifier);
    }

    /// <summary>Adds what every error has, where there is no context: the server has refused the request.</summary>
    /// <param name="problem">The error; its status is set.</param>
    /// <param name="path">The path that was asked for.</param>
    /// <param name="requestId">What stands for the trace where there is none.</param>
    internal static void Complete(ProblemDetails problem, string path, string requestId)
    {
        var given = problem.Extensions.TryGetValue(CodeField, out var name) ? name as string : null;
        var code = ProblemCodes.All.FirstOrDefault(one => one.Code == given) ?? ProblemCodes.OfStatus(problem.Status!.Value);
        problem.Type = code.Type;
        problem.Title = code.Title;
        problem.Detail ??= code.Meaning;
        problem.Instance ??= path;
        problem.Extensions[CodeField] = code.Code;
        // The framework's own name for it is not in the style of the rest.
        problem.Extensions.Remove("traceId");
        problem.Extensions["trace_id"] = Activity.Current?.TraceId.ToHexString() ?? requestId;
    }

    /// <summary>Answers with an error, whatever the request accepts.</summary>
    /// <param name="context">The request; its answer has not begun.</param>
    /// <param name="code">The kind of error.</param>
    /// <param name="detail">What went wrong this time; the code's meaning when left out.</param>
    public static Task WriteAsync(HttpContext context, ProblemCode code, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(code);
        var problem = Of(code, detail ?? code.Meaning);
        Complete(problem, context);
        context.Response.StatusCode = code.Status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(problem, (System.Text.Json.JsonSerializerOptions?)null, MediaType, context.RequestAborted);
    }
}
