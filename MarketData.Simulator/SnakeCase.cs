using System.Text.Json;

namespace MarketData.Simulator;

/// <summary>Enumeration values as they are written in JSON, settings and paths.</summary>
internal static class SnakeCase
{
    /// <summary>The name of a value: <c>rate_limited</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>All names, for messages.</summary>
    public static string Names<T>()
        where T : struct, Enum =>
        string.Join(", ", Enum.GetValues<T>().Select(Name));

    /// <summary>Reads a name, in any case.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (string.Equals(Name(candidate), text, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
