using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketData.Web.Api;

/// <summary>How the Api writes JSON: snake_case names, numbers that round-trip, missing values null.</summary>
public static class ApiJson
{
    /// <summary>The options for every request and answer.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
