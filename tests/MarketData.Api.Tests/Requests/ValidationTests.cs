using System.Net;
using System.Text;
using System.Text.Json;

namespace MarketData.Api.Tests.Requests;

/// <summary>What a caller is told who sends something wrong: which field, and what would be right.</summary>
public sealed class ValidationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string V1 = "/api/v1";
    private const string Trigger = V1 + "/enrichment/trigger";

    [Theory]
    [InlineData("/historical/AAPL?limit=0", "limit", "'limit' must be a whole number from 1 to 100000000.")]
    [InlineData("/historical/AAPL?limit=abc", "limit", "'limit' must be a whole number from 1 to 100000000.")]
    [InlineData("/historical/AAPL?limit=1&LIMIT=2", "limit", "'limit' is given more than once.")]
    [InlineData("/latest?timeframe=2h", "timeframe", "'timeframe' must be one of 5m, 15m, 30m, 1h, 4h, 1d, 1w.")]
    [InlineData("/historical/AAPL?min_quality=NaN", "min_quality", "'min_quality' must be a number from 0 to 1.")]
    [InlineData("/historical/AAPL?validated_only=1", "validated_only", "'validated_only' must be true or false.")]
    [InlineData("/historical/AAPL?as_of=01/02/2024", "as_of", "'as_of' must be a date or a time in ISO 8601, such as 2024-01-02 or 2024-01-02T14:30:00Z, or the seconds (10 digits), milliseconds (13), microseconds (16) or nanoseconds (19) since 1970, from the years 1900 to 2200.")]
    [InlineData("/historical/AAPL?cursor=x", "cursor", "'cursor' must be the 'next_cursor' of the page before.")]
    [InlineData("/historical/A_B?symbol=AAPL", "symbol", "Not a parameter of this call; it takes")]
    [InlineData("/historical/A_B", "symbol", "'symbol' must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '=', beginning with a letter, a digit or '^'.")]
    [InlineData("/historical/.B", "symbol", "'symbol' must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '=', beginning with a letter, a digit or '^'.")]
    [InlineData("/features?colour=red", "colour", "This call takes no parameters.")]
    [InlineData("/metrics/providers?window=91d", "window", "'window' must be a number of hours or days from 1h to 90d, such as 24h or 7d.")]
    [InlineData("/enrichment/jobs?job_id=1", "job_id", "'job_id' must be a UUID.")]
    [InlineData("/enrichment/jobs?longer_than_seconds=-1", "longer_than_seconds", "'longer_than_seconds' must be a whole number from 0 to 1000000.")]
    [InlineData("/enrichment/jobs/0", "id", "'id' must be a whole number from 1.")]
    [InlineData("/enrichment/history?symbol=a%01b", "symbol", "'symbol' must be at most 20 characters of text.")]
    public async Task A_parameter_that_is_wrong_is_named_with_what_would_be_right(string call, string field, string text)
    {
        var problem = await fixture.Stranger.FetchAsync(V1 + call).ProblemAsync(HttpStatusCode.BadRequest, field);
        problem.GetProperty("errors").GetProperty(field).Texts().ShouldHaveSingleItem().ShouldNotBeNull().ShouldStartWith(text);
    }

    [Fact]
    public async Task All_that_is_wrong_is_named_at_once()
    {
        var problem = await fixture.Stranger.FetchAsync(V1 + "/historical/A_B?limit=0&start=x&timeframe=99d&tz=&colour=red").ProblemOfAsync();
        problem.Status.ShouldBe(HttpStatusCode.BadRequest);
        problem.Fields.ShouldBe(["symbol", "limit", "start", "timeframe", "colour"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_empty_parameter_counts_as_left_out_and_words_have_no_case() =>
        await fixture.Stranger.FetchAsync(V1 + "/enrichment/jobs?limit=&cursor=&status=FAILED&from=&job_id=").JsonAsync();

    [Theory]
    [InlineData("""{"symbols":["A B"]}""", "symbols", "'symbols' holds what is not acceptable; each item must be 1 to 20 of the characters")]
    [InlineData("""{"asset_class":"bond"}""", "asset_class", "'asset_class' must be one of stock, etf, index, fx, crypto.")]
    [InlineData("""{"timeframes":["1d",null]}""", "timeframes", "'timeframes' holds what is not acceptable; each item must be one of 5m")]
    [InlineData("""{"to":"0024-01-01","from":"0023-01-01"}""", "to", "'to' must be a date or a time in ISO 8601 from the years 1900 to 2200.")]
    [InlineData("""{"from":"2024-01-01"}""", "to", "'to' is needed together with 'from'.")]
    [InlineData("""{"from":"2024-02-01","to":"2024-01-01"}""", "from", "'from' must lie before 'to'.")]
    [InlineData("""{"colour":"red"}""", "colour", "Not what is documented here, or not JSON.")]
    [InlineData("""{"symbols":["A",""", "symbols[1]", "Not what is documented here, or not JSON.")]
    [InlineData("null", "body", "The body must be a JSON object.")]
    public async Task A_field_that_is_wrong_is_named_with_what_would_be_right(string body, string field, string text)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await fixture.Operator.PostAsync(Trigger, content, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.BadRequest, field);
        problem.GetProperty("errors").GetProperty(field).Texts().ShouldHaveSingleItem().ShouldNotBeNull().ShouldStartWith(text);
    }

    [Fact]
    public async Task All_fields_that_are_wrong_are_named_at_once()
    {
        var key = new { name = " ", scopes = new[] { "read", "root" }, requests_per_minute = 0, expires_at = "2001-01-01" };
        var errors = (await fixture.Admin.PostAsync(V1 + "/admin/api-keys", key).ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors");
        errors.EnumerateObject().Select(error => error.Name).ShouldBe(["name", "scopes", "requests_per_minute", "expires_at"], ignoreOrder: true);
        errors.GetProperty("name")[0].GetString().ShouldBe("'name' must be 1 to 100 characters of text.");
        errors.GetProperty("scopes")[0].GetString().ShouldBe("'scopes' must hold at least one of read, enrich, admin, and nothing else: there is no scope 'root'.");
        errors.GetProperty("expires_at")[0].GetString().ShouldBe("'expires_at' must lie in the future.");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=none")]
    public async Task A_body_in_another_form_is_415(string mediaType)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        await fixture.Operator.PostAsync(Trigger, content, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task What_was_refused_is_in_the_key_s_trail_all_the_same()
    {
        using var user = fixture.Api.With(await fixture.KeyAsync("enrich"));
        await user.PostAsync(Trigger + "?colour=red").ProblemAsync(HttpStatusCode.BadRequest, "colour");
        await user.PostAsync(Trigger, new { colour = "red" }).ProblemAsync(HttpStatusCode.BadRequest, "colour");
        await user.PostAsync(Trigger, new { asset_class = "bond" }).ProblemAsync(HttpStatusCode.BadRequest, "asset_class");
        var keys = (await fixture.Admin.FetchAsync(V1 + "/admin/api-keys").JsonAsync()).GetProperty("items");
        var trail = await fixture.Admin.FetchAsync($"{V1}/admin/api-keys/{keys[0].GetProperty("id").GetString()}/audit").JsonAsync();
        var refusals = trail.GetProperty("items").EnumerateArray().Where(entry => entry.GetProperty("detail").ToString() == "400").ToList();
        refusals.Count.ShouldBe(3);
        refusals.ShouldAllBe(entry => entry.GetProperty("action").GetString() == "POST /api/v1/enrichment/trigger");
    }

    [Fact]
    public async Task Signatures_are_documented_with_names_bounds_words_and_defaults()
    {
        var document = JsonDocument.Parse(await fixture.Stranger.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).RootElement;
        var parameters = document.GetProperty("paths").GetProperty(V1 + "/historical/{symbol}").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        parameters.Keys.ShouldBe(
            [
                "symbol", "start", "end", "limit", "cursor", "min_quality", "as_of", "format", "timeframe", "columns", "features", "order", "tz", "decimals",
                "validated_only", "adjusted", "If-None-Match",
            ],
            ignoreOrder: true);
        var schema = parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.GetProperty("schema"));
        schema["symbol"].GetProperty("pattern").GetString().ShouldBe("^[A-Za-z0-9^][A-Za-z0-9.^=-]{0,19}$");
        (schema["limit"].GetProperty("minimum").GetInt32(), schema["limit"].GetProperty("maximum").GetInt32()).ShouldBe((1, 100_000_000));
        (schema["min_quality"].GetProperty("minimum").GetInt32(), schema["min_quality"].GetProperty("maximum").GetInt32()).ShouldBe((0, 1));
        (schema["timeframe"].GetProperty("default").GetString(), schema["adjusted"].GetProperty("default").GetString()).ShouldBe(("1d", "all"));
        schema["features"].GetProperty("items").GetProperty("type").GetString().ShouldBe("string");
        schema["format"].GetProperty("enum").Texts().ShouldBe(["json", "ndjson", "csv", "parquet", "arrow"]);
        schema["start"].GetProperty("type").GetString().ShouldBe("string");
        parameters.Values.ShouldAllBe(parameter => parameter.GetProperty("description").GetString()!.Length > 10);
    }
}
