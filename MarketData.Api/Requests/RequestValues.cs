using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace MarketData.Api.Requests;

/// <summary>
/// What a request gave for the parameters that its endpoint takes (<see cref="RequestEndpoints.Takes"/>). A handler only
/// runs when all of them could be read: <see cref="RequestEndpoints.CheckRequests"/> answers the others with 400.
/// </summary>
public sealed class RequestValues
{
    private readonly Dictionary<RequestParameter, object?> _values = [];

    private RequestValues()
    {
    }

    internal Dictionary<string, string[]>? Errors { get; private set; }

    /// <summary>The value of a parameter, or what stands for it when it was left out.</summary>
    public T Get<T>(RequestParameter<T> parameter) => (T)_values[parameter]!;

    /// <summary>Binds a handler's parameter.</summary>
    public static ValueTask<RequestValues> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(Of(context));

    internal static RequestValues Of(HttpContext context)
    {
        if (context.Items[typeof(RequestValues)] is not RequestValues values)
        {
            values = Read(context);
            context.Items[typeof(RequestValues)] = values;
        }

        return values;
    }

    private static RequestValues Read(HttpContext context)
    {
        var taken = context.GetEndpoint()?.Metadata.GetMetadata<TakenParameters>() ?? TakenParameters.None;
        var values = new RequestValues();
        foreach (var parameter in taken.Items)
        {
            values.Read(parameter, context.Request);
        }

        values.RefuseUnknown(taken, context.Request.Query);
        return values;
    }

    private void Read(RequestParameter parameter, HttpRequest request)
    {
        // An empty value, as in "?limit=&cursor=", is as good as none: that is what HTML forms send.
        string[] texts = parameter.Location switch
        {
            ParameterLocation.Route => [request.RouteValues[parameter.Name]?.ToString() ?? ""],
            ParameterLocation.Header => [.. request.Headers[parameter.Name].Where(text => !string.IsNullOrEmpty(text))!],
            _ => [.. request.Query[parameter.Name].Where(text => !string.IsNullOrEmpty(text))!],
        };
        if (texts.Length > 1 && !parameter.Repeatable)
        {
            AddError(parameter.Name, $"'{parameter.Name}' is given more than once.");
        }
        else if (parameter.TryRead(texts, out var error, out var value))
        {
            _values[parameter] = value;
        }
        else
        {
            AddError(parameter.Name, error);
        }
    }

    private void RefuseUnknown(TakenParameters taken, IQueryCollection query)
    {
        foreach (var name in query.Keys)
        {
            if (!taken.Items.Any(parameter => parameter.Location == ParameterLocation.Query && parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                var known = string.Join(", ", taken.Items.Where(parameter => parameter.Location == ParameterLocation.Query).Select(parameter => parameter.Name));
                AddError(name, known.Length == 0 ? "This call takes no parameters." : $"Not a parameter of this call; it takes {known}.");
            }
        }
    }

    [MemberNotNull(nameof(Errors))]
    private void AddError(string name, string message)
    {
        Errors ??= [];
        Errors[name] = [message];
    }
}
