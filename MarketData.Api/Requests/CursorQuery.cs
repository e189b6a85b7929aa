using System.Security.Cryptography;
using System.Text;

namespace MarketData.Api.Requests;

/// <summary>What a query is known by in the cursors of its pages.</summary>
internal static class CursorQuery
{
    // What may differ from one page to the next.
    private static readonly string[] Free = ["cursor", "limit", "format"];

    /// <summary>What a request is known by, whatever page it asks for: its path and its other parameters.</summary>
    public static string Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var given = request.Query.Where(one => !Free.Contains(one.Key, StringComparer.OrdinalIgnoreCase))
            .OrderBy(one => one.Key, StringComparer.OrdinalIgnoreCase).Select(one => $"{one.Key}={string.Join(',', one.Value!)}");
        var text = $"{request.Path}?{string.Join('&', given)}".ToUpperInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
    }

    /// <summary>What is wrong with a cursor of another query than the request's; null when nothing is.</summary>
    public static string? Objection(IQueryCursor cursor, HttpRequest request) => cursor.Query == Of(request)
        ? null
        : "'cursor' belongs to another query: all parameters but 'limit' must be those of the page that it came from.";
}
