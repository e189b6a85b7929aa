using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace MarketData.Api.Requests;

/// <summary>The parameters that an endpoint takes, read from its handler's signature; metadata of the endpoint.</summary>
internal sealed class TakenParameters(IReadOnlyList<RequestParameter> items)
{
    /// <summary>Each of them.</summary>
    public IReadOnlyList<RequestParameter> Items => items;

    /// <summary>Reads the signature of an endpoint's handler.</summary>
    public static TakenParameters Of(RouteEndpointBuilder endpoint)
    {
        var path = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name).ToList();
        var bindings = endpoint.Metadata.OfType<IParameterBindingMetadata>();
        return new([.. bindings.Select(binding => RequestParameter.Of(binding, path)).OfType<RequestParameter>()]);
    }

    /// <summary>The lists of a request that have commas, with an item for each part: <c>a,b</c> is <c>a</c> and <c>b</c> repeated.</summary>
    public Dictionary<string, StringValues> Lists(HttpRequest request)
    {
        var lists = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in items.Where(item => item.IsList))
        {
            if (request.Query[parameter.Name] is var given && given.Any(text => text!.Contains(',', StringComparison.Ordinal)))
                lists[parameter.Name] = RequestParameter.Split(given);
        }

        return lists;
    }

    /// <summary>
    /// What is given without anything in it, where that must not be read as everything: a list, and whatever decides what a call changes.
    /// </summary>
    public Dictionary<string, string> EmptyOnes(HttpRequest request)
    {
        var isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var empty = new Dictionary<string, string>();
        foreach (var parameter in items.Where(item => item.Location == ParameterLocation.Query && request.Query.ContainsKey(item.Name)))
        {
            if (parameter.IsList && RequestParameter.Split(request.Query[parameter.Name]).Length == 0)
                empty[parameter.Name] = $"'{parameter.Name}' is given without an item; leave it out to name none.";
            else if (!isSafe && request.Query[parameter.Name].All(string.IsNullOrEmpty))
                empty[parameter.Name] = $"'{parameter.Name}' is given without a value; leave it out or give it one.";
        }

        return empty;
    }

    /// <summary>What is wrong with a request, by field: what can't be read, is out of range, given more than once, or unknown.</summary>
    public Dictionary<string, string[]> Objections(HttpRequest request)
    {
        var objections = new Dictionary<string, string[]>();
        foreach (var parameter in items)
        {
            if (parameter.Objection(request) is { } objection)
                objections[parameter.Name] = [objection];
        }

        foreach (var (start, end) in (ReadOnlySpan<(string, string)>)[("start", "end"), ("from", "to")])
        {
            if (IsReversed(request.Query[start], request.Query[end]) && !objections.ContainsKey(end))
                objections.TryAdd(start, [$"'{start}' must not be after '{end}'."]);
        }

        var known = items.Where(parameter => parameter.Location == ParameterLocation.Query).Select(parameter => parameter.Name).ToList();
        var names = string.Join(", ", known);
        var unknown = known.Count == 0 ? "This call takes no parameters." : $"Not a parameter of this call; it takes {names}.";
        foreach (var name in request.Query.Keys.Except(known, StringComparer.OrdinalIgnoreCase))
            objections[name] = [unknown];
        return objections;
    }

    private static bool IsReversed(string? start, string? end) =>
        Instant.TryParse(start, out var first) && Instant.TryParse(end, out var last) && (last.IsDate ? first.Utc >= last.End : first.Utc > last.Utc);
}
