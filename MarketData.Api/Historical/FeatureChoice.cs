using MarketData.Domain.Features;

namespace MarketData.Api.Historical;

/// <summary>The features that a request names.</summary>
internal static class FeatureChoice
{
    /// <summary>The most that can be named.</summary>
    public const int Most = 50;

    /// <summary>What a name must be, as the end of the sentence "'…' …".</summary>
    public static string Requirement { get; } =
        $"of {string.Join(", ", FeatureCatalogue.All.Select(feature => feature.Name))}; or, with a window of {FeatureFamily.Shortest} to "
        + $"{FeatureFamily.Longest} candles, {string.Join(", ", FeatureCatalogue.Families.Select(family => family.Name + "(n)"))}.";

    /// <summary>Reads a list whose items are known to be names, or true or false.</summary>
    /// <returns>The features, null for all of an instrument's class, empty for none; and what is wrong with the list, null when nothing is.</returns>
    public static (IReadOnlyList<Feature>? Features, string? Objection) Read(string[]? names)
    {
        if (names is not { Length: > 0 })
            return ([], null);
        if (names.Length > Most)
            return ([], $"'features' must name at most {Most}.");
        if (names is [var word] && bool.TryParse(word, out var areAll))
            return (areAll ? null : [], null);
        if (names.Any(name => bool.TryParse(name, out _)))
            return ([], "'features' must be true or false alone, or a list of names.");
        var features = names.Select(FeatureCatalogue.Parse).ToList();
        return features.GroupBy(feature => feature!.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? ([], $"'features' names {twice.Key} more than once.")
            : (features!, null);
    }
}
