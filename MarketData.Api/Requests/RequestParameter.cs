using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MarketData.Api.Requests;

/// <summary>
/// A parameter of a request: declared once, it is read, checked and documented from here.
/// <see cref="Parameters"/> makes them; <see cref="RequestValues"/> holds what a request gave.
/// </summary>
public abstract class RequestParameter
{
    /// <summary>The name in the path or the query string.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Where it stands.</summary>
    public required ParameterLocation Location { get; init; }

    /// <summary>Its JSON schema, for the OpenAPI document.</summary>
    public required JsonObject Schema { get; init; }

    /// <summary>What a value must be, as the end of the sentence "'…' …".</summary>
    public required string Requirement { get; init; }

    /// <summary>Whether it may be given more than once.</summary>
    public bool Repeatable { get; init; }

    /// <summary>Reads the texts that a request gave for it; none means that it was left out.</summary>
    internal abstract bool TryRead(IReadOnlyList<string> texts, [NotNullWhen(false)] out string? error, out object? value);
}
