using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Faults;

/// <summary>Faults that leave no usable answer.</summary>
public sealed class TransportFaultTests : IAsyncLifetime
{
    private Simulation _simulation = null!;

    public static TheoryData<string> Providers => ["polygon", "yahoo", "binance", "coinbase"];

    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync();

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Theory]
    [InlineData("polygon", "rate_limited", 429)]
    [InlineData("polygon", "banned", 429)]
    [InlineData("polygon", "unauthorized", 401)]
    [InlineData("polygon", "forbidden", 403)]
    [InlineData("polygon", "restricted_location", 403)]
    [InlineData("polygon", "unknown_symbol", 404)]
    [InlineData("yahoo", "rate_limited", 429)]
    [InlineData("yahoo", "banned", 429)]
    [InlineData("yahoo", "unauthorized", 401)]
    [InlineData("yahoo", "forbidden", 403)]
    [InlineData("yahoo", "unknown_symbol", 404)]
    [InlineData("binance", "rate_limited", 429)]
    [InlineData("binance", "banned", 418)]
    [InlineData("binance", "unauthorized", 401)]
    [InlineData("binance", "forbidden", 403)]
    [InlineData("binance", "restricted_location", 451)]
    [InlineData("binance", "unknown_symbol", 400)]
    [InlineData("coinbase", "rate_limited", 429)]
    [InlineData("coinbase", "banned", 429)]
    [InlineData("coinbase", "unauthorized", 401)]
    [InlineData("coinbase", "forbidden", 403)]
    [InlineData("coinbase", "restricted_location", 403)]
    [InlineData("coinbase", "unknown_symbol", 404)]
    public async Task Refusals_are_in_the_providers_own_form(string provider, string kind, int status)
    {
        await _simulation.FaultAsync(new { kind, provider, retry_after_seconds = 7, count = 1 });

        using var response = await _simulation.GetAsync(Answers.Of(provider));

        ((int)response.StatusCode).ShouldBe(status);
        if (kind is "rate_limited" or "banned")
            response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.Content.Headers.ContentType!.MediaType == "application/json")
            JsonNode.Parse(body).Names().ShouldContain(provider switch { "polygon" => "status", "yahoo" => "chart", "coinbase" => "message", _ => "code" });
        else
            body.ShouldNotBeEmpty();
        (await _simulation.StatusAsync(Answers.Of(provider))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_seconds_there_is_no_retry_after()
    {
        await _simulation.FaultAsync(new { kind = "rate_limited" });

        using var response = await _simulation.GetAsync(Answers.Binance);

        response.Headers.RetryAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, 503)]
    [InlineData(500, 500)]
    [InlineData(502, 502)]
    [InlineData(504, 504)]
    public async Task Server_errors_have_the_status_asked_for(int? status, int expected)
    {
        await _simulation.FaultAsync(new { kind = "server_error", status });

        ((int)await _simulation.StatusAsync(Answers.Polygon)).ShouldBe(expected);
    }

    [Fact]
    public async Task Latency_is_the_true_answer_late()
    {
        var prompt = (await _simulation.JsonAsync(Answers.Yahoo)).ToJsonString();
        await _simulation.FaultAsync(new { kind = "latency", delay_seconds = 0.4 });
        var elapsed = Stopwatch.StartNew();

        var late = (await _simulation.JsonAsync(Answers.Yahoo)).ToJsonString();

        elapsed.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.39));
        late.ShouldBe(prompt);
    }

    [Fact]
    public async Task A_hang_lasts_until_the_client_gives_up()
    {
        await _simulation.FaultAsync(new { kind = "hang" });
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));

        await Should.ThrowAsync<OperationCanceledException>(() => _simulation.Http.GetAsync(Answers.Polygon, impatient.Token));
    }

    [Fact]
    public async Task A_hang_with_an_end_ends_with_nothing()
    {
        await _simulation.FaultAsync(new { kind = "hang", delay_seconds = 0.2 });

        await Should.ThrowAsync<HttpRequestException>(() => _simulation.GetAsync(Answers.Polygon));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_reset_breaks_the_connection(string provider)
    {
        await _simulation.FaultAsync(new { kind = "connection_reset" });

        var error = await Should.ThrowAsync<HttpRequestException>(() => _simulation.GetAsync(Answers.Of(provider)));

        error.HttpRequestError.ShouldBeOneOf(HttpRequestError.Unknown, HttpRequestError.ResponseEnded);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_cut_body_breaks_off_in_the_middle(string provider)
    {
        var whole = (await _simulation.JsonAsync(Answers.Of(provider))).ToJsonString();
        await _simulation.FaultAsync(new { kind = "cut_body" });
        using var response = await _simulation.Http.GetAsync(Answers.Of(provider), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength!.Value.ShouldBeInRange(whole.Length - 100, whole.Length + 100);
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_empty_body_is_200_and_nothing()
    {
        await _simulation.FaultAsync(new { kind = "empty_body" });

        using var response = await _simulation.GetAsync(Answers.Polygon);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_of_HTML_comes_with_status_200()
    {
        await _simulation.FaultAsync(new { kind = "html_page" });

        using var response = await _simulation.GetAsync(Answers.Yahoo);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("<!DOCTYPE html>");
    }

    [Theory]
    [InlineData("truncated_json", "polygon")]
    [InlineData("truncated_json", "yahoo")]
    [InlineData("truncated_json", "binance")]
    [InlineData("malformed_json", "polygon")]
    [InlineData("malformed_json", "yahoo")]
    [InlineData("malformed_json", "binance")]
    public async Task Broken_JSON_is_200_and_no_JSON(string kind, string provider)
    {
        var whole = await TextAsync(provider);
        await _simulation.FaultAsync(new { kind });

        var broken = await TextAsync(provider);

        Should.Throw<JsonException>(() => JsonDocument.Parse(broken));
        broken.ShouldStartWith(whole[..40]);
        if (kind == "truncated_json")
            broken.Length.ShouldBeLessThan(whole.Length);
    }

    private async Task<string> TextAsync(string provider)
    {
        using var response = await _simulation.GetAsync(Answers.Of(provider));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
