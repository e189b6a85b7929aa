using System.Net;
using System.Text;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Components.Authorization;

namespace MarketData.Web.Tests.Api;

/// <summary>What the client that is generated from the Api's document sends, and what it makes of answers.</summary>
public sealed class MarketDataClientTests : IDisposable
{
    private readonly Wire _wire = new();
    private readonly HttpClient _http;
    private readonly MarketDataClient _client;

    public MarketDataClientTests()
    {
        _http = new HttpClient(_wire, disposeHandler: true) { BaseAddress = new Uri("http://api/") };
        var reads = new SharedReads(TimeProvider.System);
        _client = new MarketDataClient(new ApiConnection(_http, new OperatorSession(new Nobody()), new Caller(), reads));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("BRK.B", "/api/v1/instruments/BRK.B")]
    [InlineData("^GSPC", "/api/v1/instruments/%5EGSPC")]
    [InlineData("A/B?c=d#e", "/api/v1/instruments/A%2FB%3Fc%3Dd%23e")]
    public async Task A_value_in_a_path_stays_one_segment(string symbol, string address)
    {
        _wire.Status = HttpStatusCode.NotFound;
        (await _client.FindInstrumentAsync(symbol, Cancellation)).ShouldBeNull();
        _wire.Sent.ShouldHaveSingleItem().ShouldBe($"GET {address}");
    }

    [Fact]
    public async Task A_query_holds_what_is_given_under_the_names_of_the_document()
    {
        _wire.Answer = """{"items":[],"next_cursor":null,"total":0,"total_is_minimum":true}""";
        var page = await _client.GetJobsAsync(
            symbol: "BTC-USD", jobId: Guid.Parse("0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11"), minAttempts: 2,
            from: UrlQuery.Text(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2))), cancellationToken: Cancellation);

        (page.Items.Count, page.NextCursor, page.TotalIsMinimum).ShouldBe((0, null, true));
        _wire.Sent.ShouldHaveSingleItem().ShouldBe(
            "GET /api/v1/enrichment/jobs?symbol=BTC-USD&job_id=0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11&min_attempts=2&from=2026-03-04T03%3A06%3A07Z");
    }

    [Fact]
    public async Task A_body_leaves_out_what_is_not_set()
    {
        _wire.Answer = $$"""{"job_id":"{{Guid.NewGuid()}}","status":"queued","symbols_queued":["AAPL"],"already_running":[]}""";
        var accepted = await _client.TriggerAsync(
            body: new TriggerRequest(Symbols: ["AAPL"], From: new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)), cancellationToken: Cancellation);

        accepted.SymbolsQueued.ShouldBe(["AAPL"]);
        _wire.Sent.ShouldHaveSingleItem().ShouldBe(
            """POST /api/v1/enrichment/trigger {"symbols":["AAPL"],"from":"2026-01-02T00:00:00+00:00"}""");
    }

    [Fact]
    public async Task A_key_that_nobody_has_signed_in_with_is_sent_for_its_own_call_alone()
    {
        _wire.Answer = """{"authenticated":true,"name":"Night operator","scopes":["read","enrich"]}""";
        var access = await _client.As("mdk_one").GetAccessAsync(Cancellation);
        (access.Name, access.MayEnrich, access.MayAdminister).ShouldBe(("Night operator", true, false));

        await _client.GetAccessAsync(Cancellation);
        _wire.Sent.ShouldBe(["GET /api/v1/access key mdk_one", "GET /api/v1/access"]);
    }

    [Fact]
    public async Task An_answer_with_more_than_the_document_knows_is_read_all_the_same()
    {
        _wire.Answer = """{"window":"24h","providers":[],"from_a_newer_api":{"a":1}}""";
        (await _client.GetProvidersAsync("24h", Cancellation)).Window.ShouldBe("24h");
    }

    private sealed class Nobody : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new()));
    }

    private sealed class Wire : HttpMessageHandler
    {
        public List<string> Sent { get; } = [];

        public string Answer { get; set; } = "{}";

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is { } content ? " " + await content.ReadAsStringAsync(cancellationToken) : "";
            var key = request.Headers.TryGetValues(OperatorSession.KeyHeader, out var keys) ? $" key {keys.Single()}" : "";
            Sent.Add($"{request.Method} {request.RequestUri!.PathAndQuery}{body}{key}");
            return new(Status) { Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
        }
    }
}
