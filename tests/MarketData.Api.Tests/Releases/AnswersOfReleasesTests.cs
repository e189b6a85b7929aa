using System.Text.Json.Nodes;
using MarketData.Testing;
using MarketData.Testing.Releases;

namespace MarketData.Api.Tests.Releases;

/// <summary>
/// What clients of a former release send is taken still, and what they read is answered: an old dashboard, and programs that people wrote, go on
/// with this build's API. The documents of both are compared.
/// </summary>
public sealed class AnswersOfReleasesTests
{
    private const string Path = "MarketData.Api/openapi.json";

    public static TheoryData<string> Releases => [.. FormerRelease.All.Select(release => release.Schema)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Clients_of_a_release_are_served_as_they_were(string schema)
    {
        var release = FormerRelease.Of(schema);
        if (await release.WhyUnavailableAsync(Cancellation) is { } reason)
            Assert.Skip(reason);

        Broken(JsonNode.Parse(await release.ReadAsync(Path, Cancellation))!, await PresentAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("paths./api/v1/watchlists.get", null, "get /api/v1/watchlists is gone")]
    [InlineData("paths./api/v1/enrichment/trigger.post.responses.202", null, "post /api/v1/enrichment/trigger answers no 202")]
    [InlineData("components.schemas.Run.properties.status", null, "Run.status is gone")]
    [InlineData("components.schemas.Run.properties.symbols_total.type", "\"string\"", "Run.symbols_total may be string")]
    [InlineData("components.schemas.Run.properties.trigger.type", "[\"null\", \"string\"]", "Run.trigger may be null")]
    [InlineData("components.schemas.TriggerRequest.properties.track", null, "TriggerRequest.track is not taken")]
    [InlineData("components.schemas.TriggerRequest.required", "[\"symbols\"]", "TriggerRequest.symbols must be given")]
    [InlineData("components.schemas.Run.properties.added", "{\"type\": \"string\"}", null)]
    public async Task What_would_break_them_is_found(string place, string? value, string? breach)
    {
        var (before, after) = (await PresentAsync(), await PresentAsync());
        var parts = place.Split('.');
        var parent = parts[..^1].Aggregate(after, (node, part) => node[part]!);
        if (value is null)
            parent.AsObject().Remove(parts[^1]).ShouldBeTrue();
        else
            parent[parts[^1]] = JsonNode.Parse(value);

        var broken = Broken(before, after).ToList();

        if (breach is null)
            broken.ShouldBeEmpty();
        else
            broken.ShouldContain(breach);
    }

    private static async Task<JsonNode> PresentAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(System.IO.Path.Combine(AppHostProcess.RepositoryRoot(), Path), Cancellation))!;

    private static IEnumerable<string> Broken(JsonNode before, JsonNode after)
    {
        var (sent, read) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (path, operations) in before["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                if (after["paths"]![path]?[method] is not { } now)
                {
                    yield return $"{method} {path} is gone";
                    continue;
                }

                foreach (var breach in BrokenParameters($"{method} {path}", operation!, now))
                    yield return breach;
                Collect(before, operation!["requestBody"], sent);
                foreach (var (status, answer) in operation["responses"]!.AsObject().Where(response => response.Key.StartsWith('2')))
                {
                    if (now["responses"]![status] is null)
                        yield return $"{method} {path} answers no {status}";
                    Collect(before, answer, read);
                }
            }
        }

        foreach (var breach in read.SelectMany(name => BrokenAnswer(name, Schema(before, name)!, Schema(after, name))))
            yield return breach;
        foreach (var breach in sent.SelectMany(name => BrokenRequest(name, Schema(before, name)!, Schema(after, name))))
            yield return breach;
    }

    private static IEnumerable<string> BrokenParameters(string operation, JsonNode before, JsonNode after)
    {
        var (was, now) = (Parameters(before), Parameters(after));
        return was.Keys.Except(now.Keys).Select(name => $"{operation} takes no {name}")
            .Concat(now.Where(one => one.Value && !was.GetValueOrDefault(one.Key)).Select(one => $"{operation} needs {one.Key}"));
    }

    private static Dictionary<string, bool> Parameters(JsonNode operation) => (operation["parameters"]?.AsArray() ?? [])
        .ToDictionary(one => $"{one!["in"]} {one["name"]}", one => one!["required"]?.GetValue<bool>() == true);

    private static IEnumerable<string> BrokenAnswer(string name, JsonNode before, JsonNode? after)
    {
        foreach (var (member, was) in Members(before))
        {
            if (after is null || !Members(after).TryGetValue(member, out var now))
            {
                yield return $"{name}.{member} is gone";
                continue;
            }

            if (Required(before).Contains(member) && !Required(after).Contains(member))
                yield return $"{name}.{member} may be left out";
            foreach (var type in Types(now).Except(Types(was)))
                yield return $"{name}.{member} may be {type}";
        }
    }

    private static IEnumerable<string> BrokenRequest(string name, JsonNode before, JsonNode? after)
    {
        foreach (var (member, was) in Members(before))
        {
            if (after is null || !Members(after).TryGetValue(member, out var now))
                yield return $"{name}.{member} is not taken";
            else if (Types(was).Except(Types(now)).ToList() is [_, ..] refused)
                yield return $"{name}.{member} may not be {string.Join(" or ", refused)}";
        }

        if (after is null)
            yield break;
        foreach (var member in Required(after).Except(Required(before)))
            yield return $"{name}.{member} must be given";
    }

    // The schemas that a part of a document refers to, and those that they do.
    private static void Collect(JsonNode document, JsonNode? part, HashSet<string> names)
    {
        switch (part)
        {
            case JsonArray items:
                foreach (var item in items)
                    Collect(document, item, names);
                break;
            case JsonObject members:
                foreach (var (key, value) in members)
                {
                    if (key == "$ref" && value!.GetValue<string>().Split('/') is [.., "schemas", var name] && names.Add(name))
                        Collect(document, Schema(document, name), names);
                    else if (key is not ("example" or "examples"))
                        Collect(document, value, names);
                }

                break;
        }
    }

    private static JsonNode? Schema(JsonNode document, string name) => document["components"]!["schemas"]![name];

    private static Dictionary<string, JsonNode> Members(JsonNode schema) =>
        (schema["properties"]?.AsObject() ?? []).ToDictionary(member => member.Key, member => member.Value!);

    private static IEnumerable<string> Required(JsonNode schema) => (schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>());

    // Of what is described elsewhere the name, of a list what its items are.
    private static IReadOnlyCollection<string> Types(JsonNode schema) =>
    [
        .. schema["type"] switch
        {
            JsonArray several => several.Select(type => type!.GetValue<string>()),
            JsonValue one => [one.GetValue<string>()],
            _ => [],
        },
        .. ((JsonNode?[])[.. schema["oneOf"]?.AsArray() ?? [], .. schema["anyOf"]?.AsArray() ?? []]).SelectMany(choice => Types(choice!)),
        .. schema["$ref"] is { } other ? [other.GetValue<string>().Split('/')[^1]] : (string[])[],
        .. schema["items"] is { } items ? Types(items).Select(type => "list of " + type) : [],
    ];
}
