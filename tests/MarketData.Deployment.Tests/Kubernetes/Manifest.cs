using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace MarketData.Deployment.Tests.Kubernetes;

/// <summary>An object of a cluster, or a part of one, as its manifest says it. Every value is a text.</summary>
/// <param name="Node">What is said.</param>
internal sealed record Manifest(JsonNode Node)
{
    /// <summary>What kind of object it is.</summary>
    public string Kind => Text("kind");

    /// <summary>The object's name, or that of a part that has one.</summary>
    public string Name => Has("metadata") ? this["metadata"].Text("name") : Text("name");

    /// <summary>A part of it that must be there.</summary>
    public Manifest this[string key] => new(Node[key] ?? throw new KeyNotFoundException($"{Node.GetPath()} has no {key}."));

    /// <summary>The names of its parts.</summary>
    public IEnumerable<string> Keys => Node.AsObject().Select(part => part.Key);

    /// <summary>Reads the objects of a YAML stream.</summary>
    public static IReadOnlyList<Manifest> ReadAll(string yaml)
    {
        var reader = new DeserializerBuilder().Build();
        var json = new SerializerBuilder().JsonCompatible().Build();
        return
        [
            .. yaml.Split("\n---\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(text => new Manifest(JsonNode.Parse(json.Serialize(reader.Deserialize<object>(text)))!)),
        ];
    }

    /// <summary>Whether it has a part of this name.</summary>
    public bool Has(string key) => Node is JsonObject parts && parts.ContainsKey(key);

    /// <summary>The text of a part that must be there.</summary>
    public string Text(string key) => this[key].Node.ToString();

    /// <summary>The number of a part; another when it has none.</summary>
    public int Number(string key, int otherwise) => Has(key) ? int.Parse(Text(key), CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Whether a part says true.</summary>
    public bool IsTrue(string key) => Has(key) && Text(key) == "true";

    /// <summary>The items of a part that is a list; none when it is not there.</summary>
    public IEnumerable<Manifest> Items(string key) => Has(key) ? Node[key]!.AsArray().Select(item => new Manifest(item!)) : [];

    /// <summary>The texts of a part that is a list; none when it is not there.</summary>
    public IEnumerable<string> Texts(string key) => Items(key).Select(item => item.Node.ToString());

    /// <summary>The names and texts of a part; none when it is not there.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string key) =>
        Has(key) ? Node[key]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "") : new Dictionary<string, string>();

    /// <summary>Fails when it says something that whoever carries it out here would not heed.</summary>
    public void ShouldSayOnly(params string[] known) =>
        Keys.Except(known).ShouldBeEmpty($"{Node.GetPath()} says what the tests' own cluster does not heed.");
}
