using System.Net.Http.Json;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Hosting;

/// <summary>The dashboard behind an ingress that ends TLS: whose calls the Api gets, and what callers get for links and cookies.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly DashboardServer _dashboard = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private FakeApi _api = null!;
    private FakeIngress _ingress = null!;
    private HttpClient _caller = null!;
    private HttpClient _direct = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _api.KeyScopes = new() { ["good-key"] = ["read", "enrich"] };
        var address = _dashboard.Start(_api.Address);
        _ingress = await FakeIngress.StartAsync(address);
        _caller = _ingress.Client();
        _caller.DefaultRequestHeaders.Host = "marketdata.example.com";
        _direct = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        _direct.Dispose();
        await _ingress.DisposeAsync();
        await _dashboard.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("X-Forwarded-For", "198.51.100.7")]
    [InlineData("X-Forwarded-For", "127.0.0.1, 10.0.0.1")]
    [InlineData("X-Forwarded-For", "[2001:db8::1]:443, unknown, ,999.9.9.9")]
    [InlineData("Forwarded", "for=198.51.100.7;host=evil.example;proto=http")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    [InlineData("Cookie", "marketdata-operator=forged")]
    public async Task The_front_door_tells_the_Api_the_true_caller_and_nothing_that_it_claims(string header, string claim)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/headers");
        request.Headers.TryAddWithoutValidation(header, claim);
        using var answer = await _caller.SendAsync(request, _cancellation);
        var headers = await HeadersAsync(answer);

        headers["X-Forwarded-For"].ShouldBe("203.0.113.9");
        headers["X-Forwarded-Proto"].ShouldBe("https");
        headers["X-Forwarded-Host"].ShouldBe("marketdata.example.com");
        headers.ShouldNotContainKey("X-Forwarded-Prefix");
        headers.ShouldNotContainKey("Forwarded");
        headers.ShouldNotContainKey("Cookie");
    }

    [Theory]
    [InlineData("203.0.113.50", "198.51.100.7", "203.0.113.50")]
    [InlineData("::ffff:203.0.113.50", "127.0.0.1", "203.0.113.50")]
    [InlineData("127.0.0.1", "203.0.113.9, 127.0.0.2", "203.0.113.9")]
    public async Task A_caller_that_comes_past_the_ingress_is_believed_nothing(string remote, string claim, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/headers");
        request.Headers.Add(RemoteAddress.Header, remote);
        request.Headers.Add("X-Forwarded-For", claim);
        using var answer = await _direct.SendAsync(request, _cancellation);

        (await HeadersAsync(answer))["X-Forwarded-For"].ShouldBe(address);
    }

    [Fact]
    public async Task Behind_TLS_cookies_are_secure_links_are_right_and_browsers_come_by_TLS_from_then_on()
    {
        using var root = await _caller.GetAsync("/", _cancellation);
        root.Headers.Location!.ToString().ShouldBe("/dashboard/");
        var (signedIn, cookies) = await OperatorForm.SignInAsync(_caller, "symbols");

        signedIn.Headers.Location!.ToString().ShouldBe("https://marketdata.example.com/dashboard/symbols");
        cookies.ShouldContain(cookie => cookie.StartsWith("marketdata-operator=", StringComparison.Ordinal));
        cookies.ShouldAllBe(cookie => cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        foreach (var path in (string[])["/", "/dashboard/sign-in", "/api/v1/headers", "/nothing"])
        {
            using var answer = await _caller.GetAsync(path, _cancellation);
            answer.Headers.GetValues("Strict-Transport-Security").ShouldHaveSingleItem().ShouldBe("max-age=2592000");
        }
    }

    [Fact]
    public async Task Without_TLS_a_person_can_sign_in_too_and_is_promised_no_TLS()
    {
        _direct.DefaultRequestHeaders.Host = "marketdata.lan";
        var (signedIn, cookies) = await OperatorForm.SignInAsync(_direct, "symbols");

        signedIn.Headers.Location!.ToString().ShouldBe("http://marketdata.lan/dashboard/symbols");
        cookies.ShouldContain(cookie => cookie.StartsWith("marketdata-operator=", StringComparison.Ordinal));
        cookies.ShouldAllBe(cookie => !cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        signedIn.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Fact]
    public async Task Signing_in_is_done_from_the_browsers_address()
    {
        await OperatorForm.SignInAsync(_caller, "");

        _api.Callers.Where(call => call.StartsWith("GET /api/v1/access", StringComparison.Ordinal)).ShouldAllBe(call => call.EndsWith(" 203.0.113.9", StringComparison.Ordinal));
    }

    private async Task<Dictionary<string, string>> HeadersAsync(HttpResponseMessage answer) =>
        new((await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(_cancellation))!, StringComparer.OrdinalIgnoreCase);
}
