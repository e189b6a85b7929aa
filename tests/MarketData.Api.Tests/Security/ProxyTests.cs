using System.Globalization;
using Dapper;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Api.Tests.Security;

/// <summary>Whose address counts: what trusted proxies say is believed, and nothing that a caller says of itself.</summary>
public sealed class ProxyTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Proxy = "10.1.2.3";
    private const string Caller = "203.0.113.9";

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private ApiApplication _api = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        // A clock that stands still, so that no window ends meanwhile.
        _api = await ApiApplication.StartAsync(
            fixture.Database.ConnectionString,
            new FakeTimeProvider(DateTimeOffset.UtcNow),
            ("Api:RequestsPerMinutePerAddress", "100"), ("Proxies:Trusted:0", "10.0.0.0/8"), ("Proxies:Trusted:1", "2001:db8:aa::1"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    // One proxy, and a chain of them; the address that the last untrusted hop had is the caller's.
    [InlineData(Proxy, "203.0.113.9", Caller)]
    [InlineData(Proxy, "203.0.113.9, 10.9.9.9", Caller)]
    [InlineData("2001:db8:aa::1", "203.0.113.9", Caller)]
    [InlineData("127.0.0.1", "203.0.113.9", Caller)]
    [InlineData("::ffff:10.1.2.3", "::ffff:203.0.113.9", Caller)]
    [InlineData(Proxy, "203.0.113.9:51234", Caller)]
    [InlineData(Proxy, "[2001:db8::7]:443", "2001:db8::7")]
    [InlineData(Proxy, "2001:db8::7", "2001:db8::7")]
    // What the caller sent before it, which a proxy that appends leaves there.
    [InlineData(Proxy, "198.51.100.7, 203.0.113.9", Caller)]
    [InlineData(Proxy, "127.0.0.1, 10.0.0.1, 203.0.113.9", Caller)]
    [InlineData(Proxy, "::1, 203.0.113.9, 10.9.9.9", Caller)]
    [InlineData(Proxy, "unknown, _hidden, 999.1.1.1, 203.0.113.9", Caller)]
    [InlineData(Proxy, "\"198.51.100.7\",, 203.0.113.9", Caller)]
    // Whoever is no proxy is believed nothing.
    [InlineData(Caller, "198.51.100.7", Caller)]
    [InlineData(Caller, "10.1.2.3, 127.0.0.1", Caller)]
    [InlineData("2001:db8:aa::2", "198.51.100.7", "2001:db8:aa::2")]
    [InlineData("::ffff:203.0.113.9", "198.51.100.7", Caller)]
    // A proxy that tells nothing that can be read.
    [InlineData(Proxy, "not an address", Proxy)]
    [InlineData(Proxy, "", Proxy)]
    public async Task A_call_is_limited_and_audited_by_its_callers_address(string remote, string forwardedFor, string address)
    {
        var key = await fixture.KeyAsync("admin");
        using var request = Request("/api/v1/admin/api-keys", remote, forwardedFor);
        request.Headers.Add("X-API-Key", key);
        using var answer = await _api.Client.SendAsync(request, _cancellation);
        answer.EnsureSuccessStatusCode();
        (await LastAuditedAsync()).ShouldBe(address);

        // The caller's own budget is used up by it, and that of nobody whom it names.
        var left = await LeftAsync(address, "");
        (await LeftAsync(remote, forwardedFor)).ShouldBe(left - 1);
        (await LeftAsync(address, "")).ShouldBe(left - 2);
    }

    [Theory]
    [InlineData("Forwarded", "for=198.51.100.7;proto=https;host=evil.example")]
    [InlineData("X-Real-IP", "198.51.100.7")]
    [InlineData("True-Client-IP", "198.51.100.7")]
    [InlineData("X-Original-For", "198.51.100.7")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    public async Task Other_headers_say_nothing(string header, string value)
    {
        var left = await LeftAsync(Caller, "");
        using var request = Request("/api/v1/access", Proxy, Caller);
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await _api.Client.SendAsync(request, _cancellation);
        answer.EnsureSuccessStatusCode();
        Left(answer).ShouldBe(left - 1);
    }

    [Fact]
    public async Task Several_headers_of_the_name_are_one_list()
    {
        using var request = Request("/api/v1/access", Proxy, "198.51.100.7");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.77");
        var left = await LeftAsync("203.0.113.77", "");
        using var answer = await _api.Client.SendAsync(request, _cancellation);
        Left(answer).ShouldBe(left - 1);
    }

    private static HttpRequestMessage Request(string path, string remote, string forwardedFor)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(RemoteAddress.Header, remote);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        return request;
    }

    private async Task<int> LeftAsync(string remote, string forwardedFor)
    {
        using var request = Request("/api/v1/access", remote, forwardedFor);
        using var answer = await _api.Client.SendAsync(request, _cancellation);
        return Left(answer);
    }

    private static int Left(HttpResponseMessage answer)
    {
        var left = answer.Headers.GetValues("RateLimit").Single().Split(';').Single(part => part.StartsWith("r=", StringComparison.Ordinal));
        return int.Parse(left[2..], CultureInfo.InvariantCulture);
    }

    private async Task<string?> LastAuditedAsync()
    {
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(_cancellation);
        return await connection.ExecuteScalarAsync<string?>("SELECT address FROM api_key_audit ORDER BY id DESC LIMIT 1");
    }
}
