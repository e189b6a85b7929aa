using System.Diagnostics.CodeAnalysis;

namespace MarketData.Api.Requests;

/// <summary>A parameter whose value is a <typeparamref name="T"/>.</summary>
/// <param name="read">Reads the texts given, at least one; returns whether they are acceptable.</param>
/// <param name="absent">The value when it is left out.</param>
public sealed class RequestParameter<T>(RequestParameter<T>.Reader read, T absent) : RequestParameter
{
    /// <summary>Reads a parameter's texts.</summary>
    public delegate bool Reader(IReadOnlyList<string> texts, out T value);

    internal override bool TryRead(IReadOnlyList<string> texts, [NotNullWhen(false)] out string? error, out object? value)
    {
        (error, value) = (null, absent);
        if (texts.Count == 0)
        {
            return true;
        }

        if (!read(texts, out var given))
        {
            error = $"'{Name}' {Requirement}";
            return false;
        }

        value = given;
        return true;
    }
}
