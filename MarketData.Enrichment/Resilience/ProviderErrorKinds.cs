using System.Text.Json;

namespace MarketData.Enrichment.Resilience;

/// <summary>The kinds of errors by name, such as <c>bad_answer</c>.</summary>
public static class ProviderErrorKinds
{
    private static readonly Dictionary<ProviderErrorKind, string> Names =
        Enum.GetValues<ProviderErrorKind>().ToDictionary(kind => kind, kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    /// <summary>The kind's name in tables and in the API.</summary>
    public static string Name(this ProviderErrorKind kind) => Names[kind];
}
