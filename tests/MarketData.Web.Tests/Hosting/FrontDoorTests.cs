using System.Net;
using System.Text;

namespace MarketData.Web.Tests.Hosting;

/// <summary>What the one public address opens, and to whom.</summary>
public sealed class FrontDoorTests(FrontDoorServer door) : IClassFixture<FrontDoorServer>
{
    [Theory]
    [InlineData("/alive", HttpStatusCode.OK)]
    [InlineData("/health", HttpStatusCode.OK)]
    [InlineData("/dashboard/", HttpStatusCode.OK)]
    [InlineData("/api/v1/access", HttpStatusCode.OK)]
    [InlineData("/metrics", HttpStatusCode.NotFound)]
    [InlineData("/dashboard/metrics", HttpStatusCode.NotFound)]
    [InlineData("/secret", HttpStatusCode.NotFound)]
    public async Task It_opens_the_dashboard_and_the_Api_and_nothing_inside(string path, HttpStatusCode status)
    {
        using var answer = await door.SendAsync("GET", new Uri(door.Address, path));
        using var forged = await door.SendAsync("GET", new Uri(door.Address, path), ("X-Forwarded-Host", door.Management.Authority));

        answer.StatusCode.ShouldBe(status);
        forged.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/symbols?status=error")]
    [InlineData("/dashboard/sign-in")]
    public async Task A_page_answers_HEAD_as_it_answers_GET_without_the_content(string path)
    {
        using var answer = await door.SendAsync("HEAD", new Uri(door.Address, path));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/alive", "Healthy")]
    [InlineData("/health", "\"self\"")]
    [InlineData("/metrics", "target_info")]
    public async Task At_the_management_port_it_tells_of_itself(string path, string content)
    {
        // Probes and Prometheus ask by address.
        using var answer = await door.SendAsync("GET", new Uri(door.Management, path), ("Host", "10.1.2.3:8081"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(content);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/dashboard/")]
    [InlineData("/api/v1/access")]
    [InlineData("/openapi/v1.json")]
    public async Task At_the_management_port_there_is_nothing_else(string path)
    {
        using var answer = await door.SendAsync("GET", new Uri(door.Management, path));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("PAGE1", true, "Sec-Fetch-Site", "same-origin")]
    [InlineData("PAGE2", true, "Cookie", "md-theme=dark; marketdata-operator=whatever")]
    [InlineData("CALLER1", false, "Sec-Fetch-Site", "cross-site")]
    [InlineData("CALLER2", false, "Sec-Fetch-Site", "none")]
    [InlineData("CALLER3", false, "Cookie", "other=1")]
    [InlineData("CALLER4", false, "X-Dashboard-Page", "1")]
    [InlineData("CALLER5", false, "User-Agent", "curl/8")]
    public async Task What_pages_ask_goes_where_the_dashboard_asks_and_a_callers_own_where_callers_come_in(string symbol, bool isPage, string header, string value)
    {
        var path = $"/api/v1/historical/{symbol}";

        using var answer = await door.SendAsync("GET", new Uri(door.Address, path + "?timeframe=1d"), (header, value));

        (door.Inside.Reads.ContainsKey(path), door.Public.Reads.ContainsKey(path)).ShouldBe((isPage, !isPage));
    }

    [Theory]
    [InlineData("X-API-Key", "schlüssel")]
    [InlineData("X-API-Key", "ключ")]
    [InlineData("Accept-Language", "日本")]
    public async Task A_header_with_letters_outside_ASCII_reaches_the_Api_which_judges_it(string header, string value)
    {
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door.Address, "/api/v1/historical/LETTERS"));
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        if (header == "X-API-Key")
            door.Public.KeysOfReads.ShouldContain(("/api/v1/historical/LETTERS", value));
    }

    [Fact]
    public async Task A_page_of_somebody_who_has_signed_in_may_bear_both_signs()
    {
        const string path = "/api/v1/historical/PAGE3";

        using var answer = await door.SendAsync(
            "GET", new Uri(door.Address, path + "?timeframe=1d"), ("Sec-Fetch-Site", "same-origin"), ("Cookie", "marketdata-operator=whatever"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        door.Inside.Reads.ShouldContainKey(path);
    }

    [Fact]
    public async Task Who_sends_a_key_is_a_caller_and_no_page_acts_inside()
    {
        using var keyed = await door.SendAsync(
            "GET", new Uri(door.Address, "/api/v1/historical/KEYED"), ("Sec-Fetch-Site", "same-origin"), ("X-API-Key", "key"));
        using var acting = await door.SendAsync("POST", new Uri(door.Address, "/api/v1/enrichment/pause"), ("Sec-Fetch-Site", "same-origin"));
        using var probing = await door.SendAsync("GET", new Uri(door.Address, "/api/v1/historical/../../../secret"), ("Sec-Fetch-Site", "same-origin"));

        door.Inside.Reads.ShouldNotContainKey("/api/v1/historical/KEYED");
        door.Public.Reads.ShouldContainKey("/api/v1/historical/KEYED");
        door.Inside.Actions.ShouldBeEmpty();
        door.Public.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/enrichment/pause", StringComparison.Ordinal));
        probing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_dashboards_own_service_asks_inside()
    {
        using var page = await door.SendAsync("GET", new Uri(door.Address, "/dashboard/"));

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        door.Inside.Reads.ShouldContainKey("/api/v1/enrichment/dashboard/overview");
        door.Public.Reads.ShouldNotContainKey("/api/v1/enrichment/dashboard/overview");
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8000")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1")]
    public async Task A_name_that_somebody_has_lead_here_gets_nothing(string host)
    {
        foreach (var path in (string[])["/", "/dashboard/", "/dashboard/sign-in", "/api/v1/access", "/health"])
        {
            using var answer = await door.SendAsync("GET", new Uri(door.Address, path), ("Host", host));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
            answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        }

        using var known = await door.SendAsync("GET", new Uri(door.Address, "/alive"), ("Host", "dashboard.example.com"));
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "/dashboard/sign-in", "Sec-Fetch-Site", "cross-site")]
    [InlineData("POST", "/dashboard/_blazor/negotiate?negotiateVersion=1", "Sec-Fetch-Site", "same-site")]
    [InlineData("POST", "/dashboard/_blazor/negotiate?negotiateVersion=1", "Origin", "https://evil.example")]
    [InlineData("GET", "/dashboard/_blazor?id=1", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/dashboard/_blazor?id=1", "Origin", "http://localhost:1")]
    public async Task A_page_of_another_site_posts_no_form_and_opens_no_circuit(string method, string path, string header, string value)
    {
        using var answer = await door.SendAsync(method, new Uri(door.Address, path), (header, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_page_of_its_own_does_and_a_link_from_elsewhere_opens_one()
    {
        var own = door.Address.GetLeftPart(UriPartial.Authority);
        var negotiate = new Uri(door.Address, "/dashboard/_blazor/negotiate?negotiateVersion=1");
        using var same = await door.SendAsync("POST", negotiate, ("Sec-Fetch-Site", "same-origin"), ("Origin", own));
        using var plain = await door.SendAsync("POST", negotiate, ("Origin", own));
        using var link = await door.SendAsync("GET", new Uri(door.Address, "/dashboard/"), ("Sec-Fetch-Site", "cross-site"));

        same.StatusCode.ShouldBe(HttpStatusCode.OK);
        plain.StatusCode.ShouldBe(HttpStatusCode.OK);
        link.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
