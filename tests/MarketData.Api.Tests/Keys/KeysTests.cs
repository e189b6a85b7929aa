using System.Net;

namespace MarketData.Api.Tests.Keys;

public sealed class KeysTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/admin/api-keys";

    [Fact]
    public async Task A_key_is_shown_once_works_and_stops_working_at_once_on_every_replica()
    {
        await using var replica = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:RequireKeyForReads", "true"));
        var created = await fixture.Admin.PostAsync(Root, new { name = "quant", scopes = new[] { "enrich" } }).JsonAsync(HttpStatusCode.Created);
        var (secret, id) = (created.GetProperty("key").GetString()!, created.GetProperty("api_key").GetProperty("id").GetString());
        secret.ShouldStartWith("mdk_");

        using var user = replica.With(secret);
        await user.FetchAsync("/api/v1/symbols").JsonAsync();
        await user.PostAsync("/api/v1/enrichment/resume").JsonAsync();

        var listed = await fixture.Admin.FetchAsync(Root).JsonAsync();
        listed.ToString().ShouldNotContain(secret);
        var key = listed.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("id").GetString() == id);
        key.GetProperty("prefix").GetString().ShouldBe(secret[..12]);
        key.GetProperty("last_used_at").GetString().ShouldNotBeNull();

        (await fixture.Admin.RemoveAsync($"{Root}/{id}").JsonAsync()).GetProperty("revoked_at").GetString().ShouldNotBeNull();
        await user.FetchAsync("/api/v1/symbols").ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Admin.RemoveAsync($"{Root}/{id}").JsonAsync();
        await fixture.Admin.PutAsync($"{Root}/{id}", new { name = "again" }).ProblemAsync(HttpStatusCode.Conflict);

        var first = await fixture.Admin.FetchAsync($"{Root}/{id}/audit?limit=2").JsonAsync();
        first.GetProperty("items")[0].GetProperty("action").GetString().ShouldBe("revoked");
        first.GetProperty("items")[1].GetProperty("action").GetString().ShouldBe("POST /api/v1/enrichment/resume");
        first.GetProperty("items")[1].GetProperty("detail").GetString().ShouldBe("200");
        var rest = await fixture.Admin.FetchAsync($"{Root}/{id}/audit?limit=2&cursor={first.GetProperty("next_cursor").GetString()}").JsonAsync();
        rest.GetProperty("items")[0].GetProperty("action").GetString().ShouldBe("created");
        rest.GetProperty("items")[0].GetProperty("actor").GetString().ShouldBe("a key to admin");
        rest.GetProperty("next_cursor").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_key_is_changed_and_expires()
    {
        var created = await fixture.Admin.PostAsync(Root, new { name = "short", scopes = new[] { "read" } }).JsonAsync(HttpStatusCode.Created);
        var id = created.GetProperty("api_key").GetProperty("id").GetString();
        var changed = await fixture.Admin.PutAsync($"{Root}/{id}", new { scopes = new[] { "admin", "read" }, requests_per_minute = 5 }).JsonAsync();
        changed.GetProperty("scopes").Texts().ShouldBe(["read", "admin"]);
        changed.GetProperty("name").GetString().ShouldBe("short");
        changed.GetProperty("requests_per_minute").GetInt32().ShouldBe(5);
        await Enrichment.Records.ExecuteAsync(fixture.Database, $"UPDATE api_keys SET expires_at = now() WHERE id = '{id}'");
        using var user = fixture.Api.With(created.GetProperty("key").GetString()!);
        await user.FetchAsync("/api/v1/symbols").ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Bad_input_names_the_field()
    {
        await fixture.Admin.PostAsync(Root, new { scopes = new[] { "read" } }).ProblemAsync(HttpStatusCode.BadRequest, "name");
        await fixture.Admin.PostAsync(Root, new { name = " ", scopes = new[] { "read" } }).ProblemAsync(HttpStatusCode.BadRequest, "name");
        await fixture.Admin.PostAsync(Root, new { name = "x" }).ProblemAsync(HttpStatusCode.BadRequest, "scopes");
        await fixture.Admin.PostAsync(Root, new { name = "x", scopes = new[] { "root" } }).ProblemAsync(HttpStatusCode.BadRequest, "scopes");
        await fixture.Admin.PostAsync(Root, new { name = "x", scopes = new[] { "read" }, requests_per_minute = 0 }).ProblemAsync(HttpStatusCode.BadRequest, "requests_per_minute");
        await fixture.Admin.PostAsync(Root, new { name = "x", scopes = new[] { "read" }, expires_at = "2001-01-01" }).ProblemAsync(HttpStatusCode.BadRequest, "expires_at");
        await fixture.Admin.RemoveAsync($"{Root}/one").ProblemAsync(HttpStatusCode.BadRequest, "id");
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        var nobody = Guid.NewGuid();
        await fixture.Admin.RemoveAsync($"{Root}/{nobody}").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.PutAsync($"{Root}/{nobody}", new { name = "x" }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.FetchAsync($"{Root}/{nobody}/audit").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_an_admin_key_opens_it()
    {
        await fixture.Stranger.FetchAsync(Root).ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Operator.FetchAsync(Root).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.PostAsync(Root, new { name = "mine", scopes = new[] { "admin" } }).ProblemAsync(HttpStatusCode.Forbidden);
    }
}
