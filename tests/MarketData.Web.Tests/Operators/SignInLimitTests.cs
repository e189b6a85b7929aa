using System.Globalization;
using System.Net;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Operators;

/// <summary>Keys can't be tried at the sign-in page as often as somebody likes.</summary>
public sealed class SignInLimitTests : IAsyncLifetime
{
    private readonly DashboardServer _dashboard = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<HttpClient> _clients = [];
    private FakeApi _api = null!;
    private Uri _address = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _api.KeyScopes = new() { ["good-key"] = ["read", "enrich"] };
        _address = _dashboard.Start(_api.Address, ("Web:SignInsPerMinute", "2"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _dashboard.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task What_is_too_much_is_refused_in_words_with_the_time_to_wait_and_never_reaches_the_Api()
    {
        var client = From("203.0.113.9");
        (await TryAsync(client, "wrong")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TryAsync(client, "good-key")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var asked = Asked();

        using var refused = await TryAsync(client, "good-key");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var seconds = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        seconds.ShouldBeInRange(1, 60);
        (await refused.Content.ReadAsStringAsync(_cancellation)).ShouldContain(
            string.Create(CultureInfo.InvariantCulture, $"Too many attempts from your address; again in {seconds} s."));
        Asked().ShouldBe(asked);
    }

    [Theory]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("203.0.113.9", "203.0.113.10", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public async Task Attempts_count_by_address_and_by_network_with_IPv6(string one, string other, bool isSame)
    {
        await TryAsync(From(one), "wrong");
        await TryAsync(From(one), "wrong");

        using var answer = await TryAsync(From(other), "good-key");

        answer.StatusCode.ShouldBe(isSame ? HttpStatusCode.TooManyRequests : HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Looking_at_the_page_and_leaving_the_key_out_are_no_attempts()
    {
        var client = From("203.0.113.9");
        for (var i = 0; i < 5; i++)
        {
            using var page = await client.GetAsync("/dashboard/sign-in", _cancellation);
            page.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var empty = await TryAsync(client, " ");
            empty.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var answer = await TryAsync(client, "good-key");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData("k\u00e9y-md_4f")]
    [InlineData("\u043ckey")]
    [InlineData("two words")]
    [InlineData("two\u2028lines")]
    [InlineData("key\ud83d\ude00")]
    public async Task What_no_key_can_be_is_called_that_and_is_no_attempt(string entered)
    {
        var client = From("203.0.113.9");
        for (var i = 0; i < 3; i++)
        {
            using var refused = await TryAsync(client, entered);
            refused.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await refused.Content.ReadAsStringAsync(_cancellation)).ShouldContain("This is no API key");
        }

        Asked().ShouldBe(0);
        (await TryAsync(client, "good-key")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    private static async Task<HttpResponseMessage> TryAsync(HttpClient client, string key) => (await OperatorForm.TryAsync(client, "", key)).Answer;

    private int Asked() => _api.Callers.Count(call => call.StartsWith("GET /api/v1/access", StringComparison.Ordinal));

    private HttpClient From(string remote)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _address };
        client.DefaultRequestHeaders.Add(RemoteAddress.Header, remote);
        _clients.Add(client);
        return client;
    }
}
