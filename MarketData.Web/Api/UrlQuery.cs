using System.Text;

namespace MarketData.Web.Api;

/// <summary>Query strings, of the Api's addresses and of the dashboard's own.</summary>
public static class UrlQuery
{
    /// <summary>A query string of the values that are there; empty when none is.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in values)
        {
            if (value is { Length: > 0 })
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }
}
