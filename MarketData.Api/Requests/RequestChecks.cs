using System.Text.Json;
using MarketData.Api.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Requests;

/// <summary>
/// Answers 400, naming each field, before the framework binds a request: that would refuse what it can't read without saying which field it
/// is, and take unknown parameters in silence. Bodies that could be read are validated by the framework after that.
/// </summary>
internal sealed class RequestChecks(RequestDelegate next)
{
    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakenParameters>() is not { } taken)
            await next(context);
        else if (Objection(taken, context) is { } problem)
            await problem.ExecuteAsync(context);
        else
            await HandleAsync(context);
    }

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            var problem = e switch
            {
                { InnerException: JsonException json } => Problems.Invalid(FieldOf(json), "Not what is documented here, or not JSON."),
                { StatusCode: StatusCodes.Status415UnsupportedMediaType } => NotJson(),
                // Refused while it was read: too large, or too slow.
                { StatusCode: not StatusCodes.Status400BadRequest } => Problems.Of(ProblemCodes.OfStatus(e.StatusCode), e.Message),
                _ => Problems.Invalid("body", "The body must be a JSON object."),
            };
            await problem.ExecuteAsync(context);
        }
    }

    private static ProblemHttpResult? Objection(TakenParameters taken, HttpContext context)
    {
        var request = context.Request;
        var empty = taken.EmptyOnes(request);
        // An empty value, as in "?limit=&cursor=", is as good as none where nothing is changed: that is what HTML forms send.
        if (request.Query.Any(given => given.Value.Any(string.IsNullOrEmpty)))
            request.Query = new QueryCollection(
                request.Query.ToDictionary(given => given.Key, WithoutEmpty, StringComparer.OrdinalIgnoreCase));
        if (taken.Lists(request) is { Count: > 0 } lists)
            request.Query = new QueryCollection(request.Query.ToDictionary(
                given => given.Key, given => lists.GetValueOrDefault(given.Key, given.Value), StringComparer.OrdinalIgnoreCase));
        var objections = taken.Objections(request);
        foreach (var (name, objection) in empty)
            objections.TryAdd(name, [objection]);
        if (objections.Count > 0)
            return Problems.Invalid(objections);
        // The framework has no answer to a character set that it does not know but an exception.
        var isUnreadable = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue
            && type.Encoding is null;
        return isUnreadable && context.GetEndpoint()!.Metadata.GetMetadata<IAcceptsMetadata>() is not null ? NotJson() : null;
    }

    private static StringValues WithoutEmpty(KeyValuePair<string, StringValues> given) =>
        given.Value.Where(text => !string.IsNullOrEmpty(text)).ToArray();

    private static ProblemHttpResult NotJson() =>
        Problems.Of(ProblemCodes.BodyNotJson, "The body must be application/json.");

    private static string FieldOf(JsonException e) => e.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 } path ? path : "body";
}
