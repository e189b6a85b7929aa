using System.Text.Json;

namespace MarketData.Simulator;

/// <summary>The names of the simulated services in paths, faults and settings.</summary>
internal static class Providers
{
    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetValues<Provider>().Select(Name));

    /// <summary>The path prefix without its slash.</summary>
    public static string Name(this Provider provider) => JsonNamingPolicy.KebabCaseLower.ConvertName(provider.ToString());

    /// <summary>Reads a name.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? name, out Provider provider)
    {
        foreach (var candidate in Enum.GetValues<Provider>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.OrdinalIgnoreCase))
            {
                provider = candidate;
                return true;
            }
        }

        provider = default;
        return false;
    }
}
