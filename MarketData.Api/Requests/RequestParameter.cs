using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace MarketData.Api.Requests;

/// <summary>A parameter outside the body, as a handler's signature declares it.</summary>
internal sealed class RequestParameter
{
    private readonly ValueKind _declared;
    private readonly ValidationAttribute[] _rules;
    private readonly string _requirement;
    private readonly bool _isNeeded;

    private RequestParameter(IParameterBindingMetadata binding, ParameterLocation location, string? name)
    {
        var declaration = binding.ParameterInfo;
        (Declaration, Location, Name) = (declaration, location, name ?? JsonNamingPolicy.CamelCase.ConvertName(declaration.Name!));
        _isNeeded = location == ParameterLocation.Query && !binding.IsOptional && !declaration.ParameterType.IsArray;
        _rules = [.. declaration.GetCustomAttributes<ValidationAttribute>()];
        _declared = ValueKind.Of(declaration.ParameterType);
        Kind = _rules.OfType<ParsableAttribute>().FirstOrDefault()?.Kind ?? _declared;
        _requirement = _rules is [var rule, ..] ? rule.FormatErrorMessage(Name) : Kind.Requirement;
    }

    /// <summary>Its name in the path, the query string or the headers.</summary>
    public string Name { get; }

    /// <summary>Where it stands.</summary>
    public ParameterLocation Location { get; }

    /// <summary>The handler's parameter, or the property of one that is bound from several.</summary>
    public ParameterInfo Declaration { get; }

    /// <summary>What its values look like.</summary>
    public ValueKind Kind { get; }

    /// <summary>Whether it is a list, which may be repeated and have commas.</summary>
    public bool IsList => Declaration.ParameterType.IsArray && Location == ParameterLocation.Query;

    /// <summary>The items of a list, at its commas too.</summary>
    public static string[] Split(StringValues given) =>
        [.. given.SelectMany(text => text!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Reads what the framework found out about a handler's parameter; null for a service or a body.</summary>
    /// <param name="binding">What it found out.</param>
    /// <param name="path">The names of the parameters in the path.</param>
    public static RequestParameter? Of(IParameterBindingMetadata binding, IEnumerable<string> path)
    {
        var declaration = binding.ParameterInfo;
        var attributes = declaration.GetCustomAttributes().ToList();
        if (attributes.OfType<IFromRouteMetadata>().FirstOrDefault() is { } route)
            return new(binding, ParameterLocation.Path, route.Name);
        if (attributes.OfType<IFromQueryMetadata>().FirstOrDefault() is { } query)
            return new(binding, ParameterLocation.Query, query.Name);
        if (attributes.OfType<IFromHeaderMetadata>().FirstOrDefault() is { } header)
            return new(binding, ParameterLocation.Header, header.Name);
        var isInPath = path.Contains(binding.Name, StringComparer.OrdinalIgnoreCase);
        return binding.HasTryParse ? new(binding, isInPath ? ParameterLocation.Path : ParameterLocation.Query, null) : null;
    }

    /// <summary>What is wrong with the texts that a request gives for it; null when nothing is.</summary>
    public string? Objection(HttpRequest request)
    {
        string[] texts = Location switch
        {
            ParameterLocation.Path => [request.RouteValues[Name]?.ToString() ?? ""],
            ParameterLocation.Header => request.Headers[Name]!,
            _ => request.Query[Name]!,
        };
        if (texts.Length > 1 && !Declaration.ParameterType.IsArray)
            return $"'{Name}' is given more than once.";
        var areValid = (texts.Length > 0 || !_isNeeded) && texts.All(text => _declared.Read(text) is { } value && _rules.All(rule => rule.IsValid(value)));
        if (!areValid)
            return $"'{Name}' {_requirement}";
        // A page of another query would leave out rows, or repeat them, without anybody being told.
        return texts is [var text] && _declared.Read(text) is IQueryCursor cursor ? CursorQuery.Objection(cursor, request) : null;
    }
}
