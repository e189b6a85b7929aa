using System.Diagnostics.CodeAnalysis;

namespace MarketData.Domain.Candles;

/// <summary>
/// The name of a traded instrument: 1 to 20 characters of <c>A–Z 0–9 . - ^ =</c> that begin with a letter, a digit or <c>^</c>, upper-cased on
/// the way in.
/// </summary>
public readonly record struct Symbol : IParsable<Symbol>, IComparable<Symbol>
{
    /// <summary>The longest symbol accepted, in characters.</summary>
    public const int MaxLength = 20;

    private readonly string? _value;

    private Symbol(string value) => _value = value;

    /// <summary>The symbol's text; empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a symbol, upper-casing it.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is empty, too long, begins otherwise or holds another character.</exception>
    public static Symbol Parse(string text) =>
        TryParse(text, out var symbol)
            ? symbol
            : throw new FormatException(
                $"A symbol has 1 to {MaxLength} of the characters A–Z, 0–9, '.', '-', '^' and '=', and begins with a letter, a digit or '^'.");

    /// <summary>Reads a symbol, upper-casing it.</summary>
    /// <returns>Whether <paramref name="text"/> is a well-formed symbol.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Symbol symbol)
    {
        symbol = default;
        if (text is not { Length: > 0 and <= MaxLength } || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] == '^'))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '^' or '='))
            {
                return false;
            }
        }

        symbol = new Symbol(text.ToUpperInvariant());
        return true;
    }

    static Symbol IParsable<Symbol>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Symbol>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Symbol result) =>
        TryParse(s, out result);

    /// <inheritdoc/>
    public int CompareTo(Symbol other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>Ordinal order.</summary>
    public static bool operator <(Symbol left, Symbol right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(Symbol left, Symbol right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(Symbol left, Symbol right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(Symbol left, Symbol right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
