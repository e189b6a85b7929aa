using System.Net;
using System.Text.Json;

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
        first.GetProperty("items")[1].GetProperty("detail").GetString().ShouldBe("200: scheduler as it was");
        var rest = await fixture.Admin.FetchAsync($"{Root}/{id}/audit?limit=2&cursor={first.GetProperty("next_cursor").GetString()}").JsonAsync();
        rest.GetProperty("items")[0].GetProperty("action").GetString().ShouldBe("created");
        rest.GetProperty("items")[0].GetProperty("actor").GetString().ShouldBe("a key to admin");
        rest.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
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

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Null_takes_a_limit_off_and_what_is_left_out_stays(string method)
    {
        var body = new { name = "limited", scopes = new[] { "read" }, requests_per_minute = 7, expires_at = "2199-01-01T00:00:00Z" };
        var id = (await fixture.Admin.PostAsync(Root, body).JsonAsync(HttpStatusCode.Created)).GetProperty("api_key").GetProperty("id").GetString();
        (string?, string?) Limits(JsonElement key) => (key.GetProperty("requests_per_minute").ToString(), key.GetProperty("expires_at").ToString());

        Limits(await ChangeAsync(method, id, "{}").JsonAsync()).ShouldBe(("7", "2199-01-01T00:00:00Z"));
        Limits(await ChangeAsync(method, id, """{"expires_at":null}""").JsonAsync()).ShouldBe(("7", ""));
        Limits(await ChangeAsync(method, id, """{"requests_per_minute":null,"scopes":["enrich"],"name":"free"}""").JsonAsync()).ShouldBe(("", ""));
        await ChangeAsync(method, id, """{"name":null}""").ProblemAsync(HttpStatusCode.BadRequest, "name");
        await ChangeAsync(method, id, """{"scopes":null}""").ProblemAsync(HttpStatusCode.BadRequest, "scopes");
        (await ChangeAsync(method, id, """{"scopes":["read","root"]}""").ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("scopes")
            .Texts().ShouldHaveSingleItem().ShouldNotBeNull().ShouldEndWith("there is no scope 'root'.");

        var trail = (await fixture.Admin.FetchAsync($"{Root}/{id}/audit").JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(entry => entry.GetProperty("detail").GetString()).ToList();
        trail.ShouldBe(
        [
            "name: limited → free; scopes: read → enrich; requests_per_minute: 7 → none",
            "expires_at: 2199-01-01T00:00:00Z → none",
            "as it was",
            "read",
        ]);
    }

    [Fact]
    public async Task A_refusal_leaves_a_row_and_says_which_scope_is_missing()
    {
        var made = await fixture.Admin.PostAsync(Root, new { name = "curious", scopes = new[] { "read" } }).JsonAsync(HttpStatusCode.Created);
        using var user = fixture.Api.With(made.GetProperty("key").GetString()!);
        var refused = await user.PostAsync("/api/v1/enrichment/pause").ProblemAsync(HttpStatusCode.Forbidden);
        refused.GetProperty("detail").GetString().ShouldBe("The key lacks the scope 'enrich'; it has 'read'.");
        await user.RemoveAsync("/api/v1/admin/symbols/NOBODY?purge=true").ProblemAsync(HttpStatusCode.Forbidden);
        var trail = (await fixture.Admin.FetchAsync($"{Root}/{made.GetProperty("api_key").GetProperty("id").GetString()}/audit").JsonAsync()).GetProperty("items");
        trail.EnumerateArray().Select(entry => $"{entry.GetProperty("action")} {entry.GetProperty("detail")}").ShouldBe(
        [
            "DELETE /api/v1/admin/symbols/NOBODY 403: needs the scope admin",
            "POST /api/v1/enrichment/pause 403: needs the scope enrich",
            "created read",
        ]);
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

    private async Task<HttpResponseMessage> ChangeAsync(string method, string? id, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Root}/{id}")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        return await fixture.Admin.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
