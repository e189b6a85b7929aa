using System.Text.Json.Nodes;
using MarketData.Testing;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>The document that clients are generated from, the dashboard's among them, lies in the repository and is the one that is served.</summary>
public sealed class CommittedDocumentTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Renew = "RENEW_DOCUMENT";

    private static readonly string Path = System.IO.Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.Api", "openapi.json");

    [Fact]
    public async Task The_document_in_the_repository_is_the_one_that_is_served()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var served = (await fixture.Stranger.GetStringAsync("/openapi/v1.json", cancellation)).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Renew) == "true")
            await File.WriteAllTextAsync(Path, served, cancellation);

        var committed = File.Exists(Path) ? (await File.ReadAllTextAsync(Path, cancellation)).ReplaceLineEndings("\n") : "{}";
        FirstDifference(JsonNode.Parse(committed), JsonNode.Parse(served), "").ShouldBeNull(
            $"""
            MarketData.Api/openapi.json is not what the API serves. Renew it, then build MarketData.Web, whose client is generated from it:
            {Renew}=true dotnet run --project tests/MarketData.Api.Tests -- -class "*{nameof(CommittedDocumentTests)}"
            """);
        committed.ShouldBe(served);
    }

    // The whole document is too long a message.
    private static string? FirstDifference(JsonNode? committed, JsonNode? served, string place) => (committed, served) switch
    {
        (JsonObject left, JsonObject right) => left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key))
            .Select(name => FirstDifference(left[name], right[name], $"{place}/{name}")).FirstOrDefault(found => found is not null),
        (JsonArray left, JsonArray right) when left.Count == right.Count =>
            left.Select((item, i) => FirstDifference(item, right[i], $"{place}/{i}")).FirstOrDefault(found => found is not null),
        _ => JsonNode.DeepEquals(committed, served) ? null : $"{place}: {Text(committed)}, served {Text(served)}",
    };

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "absent";
}
