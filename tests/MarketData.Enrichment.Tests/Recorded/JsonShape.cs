using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Enrichment.Tests.Recorded;

/// <summary>
/// Which members documents have and of which types: <c>results[].o</c> is a number. Rows that are arrays have a type for each place, and members
/// whose names are data, such as instants and symbols, count as one: <c>*</c>.
/// </summary>
internal sealed class JsonShape
{
    private readonly SortedDictionary<string, SortedSet<string>> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keyed;

    private JsonShape(HashSet<string> keyed) => _keyed = keyed;

    /// <summary>The shape that documents have together.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="keyed">Objects whose members' names are data, beside those whose names are numbers.</param>
    public static JsonShape Of(IEnumerable<JsonNode?> documents, params string[] keyed)
    {
        var shape = new JsonShape([.. keyed]);
        foreach (var document in documents)
            shape.Add("", document, isRow: false);
        return shape;
    }

    /// <summary>How another shape differs: members that this one does not have, of other types, or missing although they are needed.</summary>
    /// <param name="other">The other.</param>
    /// <param name="needed">The members that it must have.</param>
    /// <param name="documented">Members that it may have beside those of this one.</param>
    public IReadOnlyList<string> Differences(JsonShape other, IEnumerable<string> needed, IReadOnlyCollection<string> documented) =>
    [
        .. other._types.Where(one => !_types.ContainsKey(one.Key) && !documented.Contains(one.Key)).Select(one => $"{one.Key} is sent and not recorded"),
        .. from one in other._types
           where _types.ContainsKey(one.Key)
           from type in one.Value
           where type != "null" && !_types[one.Key].Contains(type) && !_types[one.Key].SetEquals(["null"])
           select $"{one.Key} is sent as {type} and recorded as {string.Join(" or ", _types[one.Key])}",
        .. needed.Where(name => !other._types.ContainsKey(name)).Select(name => $"{name} is read and not sent"),
        .. needed.Where(name => !_types.ContainsKey(name) && !documented.Contains(name)).Select(name => $"{name} is read and not recorded"),
    ];

    private void Add(string path, JsonNode? node, bool isRow)
    {
        if (path.Length > 0)
            Types(path).Add(TypeOf(node));
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    var isData = _keyed.Contains(path) || long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
                    Add((path.Length == 0 ? "" : path + ".") + (isData ? "*" : name), value, isRow: false);
                }

                break;
            case JsonArray elements:
                for (var i = 0; i < elements.Count; i++)
                    Add(isRow ? $"{path}[{i}]" : path + "[]", elements[i], isRow: !isRow && elements[i] is JsonArray);
                break;
        }
    }

    private SortedSet<string> Types(string path)
    {
        if (!_types.TryGetValue(path, out var types))
            _types[path] = types = new(StringComparer.Ordinal);
        return types;
    }

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "truth value",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        _ => "text",
    };
}
