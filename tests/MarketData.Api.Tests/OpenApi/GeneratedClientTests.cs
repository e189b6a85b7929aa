using System.Text.Json;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>A client generated from the document compiles, strictly, and works.</summary>
public sealed class GeneratedClientTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    [Fact]
    public async Task A_generated_client_type_checks_and_calls_the_api()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await NodeProject.CompileClientsAsync(api.Client, cancellation);
        var output = await NodeProject.RunAsync("client/client.js", [api.Client.BaseAddress!.ToString().TrimEnd('/'), api.Key], cancellation);

        var result = JsonDocument.Parse(output).RootElement;
        result.GetProperty("added").GetString().ShouldBe("GEN");
        result.GetProperty("found").GetInt32().ShouldBe(1);
        result.GetProperty("close").GetDouble().ShouldBeGreaterThan(0);
        result.GetProperty("of").ToString().ShouldBe("""["BTC-USD","BTC-USD"]""");
        result.GetProperty("sma").GetDouble().ShouldBeGreaterThan(0);
        result.GetProperty("lines").GetInt32().ShouldBe(3);
        result.GetProperty("run").GetString().ShouldBe("manual");
        result.GetProperty("refused").ToString().ShouldBe("""[400,["limit"]]""");
        result.GetProperty("missing").GetInt32().ShouldBe(404);
        result.GetProperty("scheduler").GetString().ShouldBeOneOf("running", "stopped");
    }
}
