using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>What holds for every operation of the document alike.</summary>
public sealed class EveryOperationTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    [Fact]
    public async Task Where_reads_are_closed_a_stranger_gets_401_everywhere_and_a_key_without_the_scope_403()
    {
        await using var closed = await ApiApplication.StartAsync(api.Database.ConnectionString, ("Api:RequireKeyForReads", "true"));
        using var wrong = closed.With("mdk_wrong");
        using var reader = closed.With(await api.ReaderKeyAsync());
        var refused = 0;
        foreach (var operation in (await ApiDescription.FetchAsync(reader)).Operations)
        {
            await CallAsync(wrong, operation).ProblemAsync(HttpStatusCode.Unauthorized);
            // The one call that tells strangers what they may do.
            if (operation.Id != "GetAccess")
                await CallAsync(closed.Client, operation).ProblemAsync(HttpStatusCode.Unauthorized);
            if (!operation.NeedsMoreThanReading)
                continue;
            refused++;
            await CallAsync(reader, operation).ProblemAsync(HttpStatusCode.Forbidden);
        }

        refused.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_an_unknown_parameter_400()
    {
        foreach (var operation in (await ApiDescription.FetchAsync(api.Client)).Operations)
        {
            if (operation.Path.Contains('{', StringComparison.Ordinal))
                await CallAsync(api.Client, operation).ProblemAsync(HttpStatusCode.NotFound);
            await CallAsync(api.Client, operation, "?colour=red").ProblemAsync(HttpStatusCode.BadRequest, "colour");
        }
    }

    private static async Task<HttpResponseMessage> CallAsync(HttpClient client, ApiOperation operation, string query = "")
    {
        var path = operation.Path.Replace("{symbol}", "NOBODY", StringComparison.Ordinal).Replace("{file}", "none.parquet", StringComparison.Ordinal).Replace("{job_id}", $"{Guid.NewGuid()}", StringComparison.Ordinal)
            .Replace("{name}", "nothing", StringComparison.Ordinal)
            .Replace("{id}", operation.Path.Contains("/api-keys/", StringComparison.Ordinal) || operation.Path.Contains("/backfills/", StringComparison.Ordinal) ? $"{Guid.NewGuid()}" : "999999999", StringComparison.Ordinal);
        var needed = operation.Id switch
        {
            "GetCandleStory" => "timestamp=2024-06-10",
            "CompareProviders" => "provider=yahoo&other_provider=polygon",
            _ => "",
        };
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path + (query.Length == 0 && needed.Length > 0 ? "?" + needed : query));
        request.Content = operation.Id switch
        {
            "ChangeSymbol" => JsonContent.Create(new { active = true }),
            "EnterAlias" => JsonContent.Create(new { provider = "polygon", provider_symbol = "OLD" }),
            "AcknowledgePriceLevel" => JsonContent.Create(new { kind = "unit_shift" }),
            "CutHistory" => JsonContent.Create(new { before = "2020-11-06" }),
            "ChangeTimeframes" => JsonContent.Create(new { timeframes = new[] { "1d" } }),
            "AddCorporateAction" => JsonContent.Create(new { ex_date = "2020-11-06", cash_amount = 1 }),
            "PutWatchlist" => JsonContent.Create(new { symbols = new[] { "NOBODY" } }),
            "ChangeNotificationRule" => JsonContent.Create(new { name = "x", occasion = "symbol_stale", receivers = new[] { 1 } }),
            "ChangeApiKey" => JsonContent.Create(new { name = "x" }),
            _ => operation.Body is null ? null : JsonContent.Create(new JsonObject()),
        };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
