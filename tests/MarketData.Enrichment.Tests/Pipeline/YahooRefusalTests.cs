using MarketData.Enrichment.Resilience;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>How Yahoo turns clients away, and what becomes of their jobs. The index is served by Yahoo alone.</summary>
public sealed class YahooRefusalTests(PostgresServer server) : PipelineTests(server)
{
    [Theory]
    [InlineData("rate_limited", null, "refuses this client: HTTP 429 (Edge: Too Many Requests)")]
    [InlineData("edge_page", 200, "refuses this client: HTTP 200 (Edge: Too Many Requests)")]
    [InlineData("edge_page", 429, "refuses this client: HTTP 429 (Edge: Too Many Requests)")]
    [InlineData("edge_page", 999, "refuses this client: HTTP 999 (Edge: Too Many Requests)")]
    [InlineData("forbidden", null, "refuses this client: HTTP 403 (Edge: Forbidden)")]
    [InlineData("consent_page", 307, "consent page")]
    [InlineData("consent_page", 302, "consent page")]
    [InlineData("consent_page", 200, "consent page")]
    public async Task Who_is_refused_is_told_so_and_asks_no_more_until_the_hold_off_is_over(string kind, int? status, string said)
    {
        await TrackAsync("^GSPC", "index", "1d");
        await FaultAsync(new { kind, status, provider = "yahoo" });
        var job = await EnrichAsync("^GSPC");

        (job.Status, job.Attempt).ShouldBe(("failed", 3));
        job.Message.ShouldNotBeNull().ShouldContain("yahoo: is not asked before 20");
        job.Message.ShouldContain(said);
        job.Advice.ShouldNotBeNull().ShouldContain("Alpaca");
        job.Advice.ShouldContain("no official interface");
        (await CandlesAsync("^GSPC", "1d")).ShouldBeEmpty();
        (await RequestsAsync("yahoo", "^GSPC")).ShouldBe(1);
        (await ScalarAsync<int>("SELECT refusals FROM provider_quota WHERE provider = 'yahoo'")).ShouldBe(1);
        (await BlockedSecondsAsync()).ShouldBeInRange(60, 121);
        var shown = Services.GetRequiredKeyedService<ProviderGate>("yahoo").Read().Resilience;
        shown.CircuitState.ShouldBe("closed");
        shown.RateLimit.BlockedUntil.ShouldNotBeNull().ShouldBeGreaterThan(Time.GetUtcNow().UtcDateTime.AddSeconds(60));
        shown.RateLimit.Refusal.ShouldNotBeNull().ShouldContain(said);
    }

    [Fact]
    public async Task It_is_asked_again_after_the_hold_off_which_grows_while_it_refuses_and_ends_when_it_serves()
    {
        await TrackAsync("^GSPC", "index", "1d");
        await FaultAsync(new { kind = "edge_page", provider = "yahoo" });
        foreach (var minutes in (int[])[2, 4, 8])
        {
            await EnrichAsync("^GSPC");
            (await BlockedSecondsAsync()).ShouldBeInRange((minutes - 1) * 60, (minutes * 60) + 1);
            await EndBlockAsync();
        }

        await RepairAsync();
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");

        (await CandlesAsync("^GSPC", "1d")).Count.ShouldBeGreaterThan(90);
        (await ScalarAsync<string>("SELECT refusals || ' ' || coalesce(refusal, '-') FROM provider_quota WHERE provider = 'yahoo'")).ShouldBe("0 -");
        var shown = Services.GetRequiredKeyedService<ProviderGate>("yahoo").Read().Resilience.RateLimit;
        (shown.BlockedUntil, shown.Refusal).ShouldBe((null, null));
    }

    [Fact]
    public async Task A_retry_after_is_a_limit_as_others_have_it()
    {
        await TrackAsync("^GSPC", "index", "1d");
        await FaultAsync(new { kind = "rate_limited", provider = "yahoo", count = 1, retry_after_seconds = 1 });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");
        (await ScalarAsync<int>("SELECT refusals FROM provider_quota WHERE provider = 'yahoo'")).ShouldBe(0);
    }

    [Fact]
    public async Task Cookie_and_crumb_are_fetched_once_where_it_asks_for_them_and_sent_along()
    {
        await TrackAsync("^GSPC", "index", "1d");
        await TrackAsync("^N225", "index", "1d");
        await FaultAsync(new { kind = "crumb_wanted", provider = "yahoo" });
        (await EnrichAsync("^GSPC")).Status.ShouldBe("succeeded");
        (await EnrichAsync("^N225")).Status.ShouldBe("succeeded");

        (await CandlesAsync("^GSPC", "1d")).Count.ShouldBeGreaterThan(90);
        (await CandlesAsync("^N225", "1d")).Count.ShouldBeGreaterThan(90);
        // The first chart was refused; what has no symbol is the cookie and the crumb.
        (await RequestsAsync("yahoo", "^N225")).ShouldBe(1);
        (await RequestsAsync("yahoo", "^GSPC")).ShouldBe(2);
        (await RequestsAsync("yahoo", "")).ShouldBe(2);
    }

    [Fact]
    public async Task Too_many_requests_for_a_crumb_is_a_refusal()
    {
        await TrackAsync("^GSPC", "index", "1d");
        await FaultAsync(new { kind = "crumb_wanted", provider = "yahoo" });
        await FaultAsync(new { kind = "crumb_refused", provider = "yahoo" });
        var job = await EnrichAsync("^GSPC");

        job.Status.ShouldBe("failed");
        job.Message.ShouldNotBeNull().ShouldContain("refuses this client: HTTP 200 (Too Many Requests)");
        (await RequestsAsync("yahoo", "^GSPC")).ShouldBe(1);
        (await ScalarAsync<int>("SELECT refusals FROM provider_quota WHERE provider = 'yahoo'")).ShouldBe(1);
        (await CandlesAsync("^GSPC", "1d")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("yahoo", "captive_portal", 302, "sends to another host, login.hotel.example")]
    [InlineData("yahoo", "captive_portal", 200, "a page of HTML instead of data (Welcome to our network)")]
    [InlineData("yahoo", "proxy_login", null, "something on the way wants to be logged in to")]
    [InlineData("binance", "captive_portal", 307, "sends to another host, login.hotel.example")]
    [InlineData("binance", "captive_portal", 200, "a page of HTML instead of data (Welcome to our network)")]
    [InlineData("binance", "proxy_login", null, "something on the way wants to be logged in to")]
    public async Task What_answers_in_a_providers_place_is_named_and_nothing_of_it_stored(string provider, string kind, int? status, string said)
    {
        await ConfigureAsync(("Providers:Polygon:Enabled", "false"), ($"Providers:{(provider == "yahoo" ? "Binance" : "Yahoo")}:Enabled", "false"));
        await TrackAsync("BTC-USD", "crypto", "1d");
        await FaultAsync(new { kind, status });
        var job = await EnrichAsync("BTC-USD");

        (job.Status, job.Attempt).ShouldBe(("failed", 3));
        job.Message.ShouldNotBeNull().ShouldContain(said);
        job.Advice.ShouldNotBeNull().ShouldContain("proxy");
        (await ScalarAsync<long>("SELECT count(*) FROM candles")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    private async Task<double> BlockedSecondsAsync() =>
        await ScalarAsync<double?>("SELECT extract(epoch FROM blocked_until - clock_timestamp())::float8 FROM provider_quota WHERE provider = 'yahoo'") ?? 0;

    private Task EndBlockAsync() => ExecuteAsync("UPDATE provider_quota SET blocked_until = clock_timestamp() - interval '1 hour'");
}
