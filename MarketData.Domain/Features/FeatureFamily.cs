using System.Globalization;

namespace MarketData.Domain.Features;

/// <summary>A feature with a window whose length can be chosen: <c>sma(50)</c>.</summary>
/// <param name="name">The name that stands before the length.</param>
/// <param name="make">The feature with a window of so many candles.</param>
public sealed class FeatureFamily(string name, Func<int, Feature> make)
{
    /// <summary>The shortest window, in candles.</summary>
    public const int Shortest = 2;

    /// <summary>The longest window, in candles.</summary>
    public const int Longest = 500;

    /// <summary>The name that stands before the length.</summary>
    public string Name { get; } = name;

    /// <summary>The feature with a window of a length; null where that is not within the bounds.</summary>
    public Feature? Of(int? length) => length is >= Shortest and <= Longest and { } candles ? make(candles) : null;

    /// <summary>Whether a feature is of it.</summary>
    internal bool Has(Feature feature) => feature.Name == Name || (Split(feature.Name) is ({ } family, not null) && family == Name);

    /// <summary>The family and the length that a text names: <c>sma(50)</c>, or <c>sma_50</c> as the column is called.</summary>
    internal static (string Family, int? Length) Split(string text)
    {
        var isCall = text.EndsWith(')');
        var at = isCall ? text.IndexOf('(', StringComparison.Ordinal) : text.LastIndexOf('_');
        if (at < 0)
            return (text, null);
        var digits = text.AsSpan(at + 1, text.Length - at - (isCall ? 2 : 1));
        return (text[..at], int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null);
    }
}
