using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.Extensions.Hosting;

/// <summary>What a person sees who follows the <c>type</c> of an error: its meaning and its remedy.</summary>
public static partial class ProblemPages
{
    /// <summary>Maps <c>/problems</c>, which lists all codes, and <c>/problems/{code}</c>. They are open to everybody: they tell of nothing stored.</summary>
    public static void MapProblemPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(ProblemCode.Address).ExcludeFromDescription();
        pages.MapGet("/", static () => Page("Errors", ProblemCodes.All));
        pages.MapGet("/{code}", static IResult (string code, HttpContext context) =>
            ProblemCodes.All.FirstOrDefault(one => one.Code == code) is { } known ? Page(known.Title, [known]) : NotFound(context));
    }

    private static ContentHttpResult Page(string title, IReadOnlyList<ProblemCode> codes)
    {
        var page = new StringBuilder($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>");
        foreach (var code in codes)
        {
            page.Append($"<h2 id=\"{code.Code}\"><a href=\"{code.Type}\"><code>{code.Code}</code></a>, HTTP {code.Status}</h2>")
                .Append($"<p>{Marked(code.Meaning)}</p><p>{Marked(code.Remedy)}</p>");
        }

        if (codes.Count == 1)
            page.Append($"<p><a href=\"{ProblemCode.Address}\">All errors</a></p>");
        return TypedResults.Content(page.Append("</body></html>").ToString(), "text/html; charset=utf-8");
    }

    private static ProblemHttpResult NotFound(HttpContext context) =>
        TypedResults.Problem(ProblemAnswers.Of(ProblemCodes.UnknownAddress, $"There is no error {context.Request.RouteValues["code"]}."));

    private static string Marked(string text) => Quoted().Replace(WebUtility.HtmlEncode(text), "<code>$1</code>");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
