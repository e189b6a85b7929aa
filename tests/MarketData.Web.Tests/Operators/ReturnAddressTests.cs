using MarketData.Web.Operators;

namespace MarketData.Web.Tests.Operators;

public sealed class ReturnAddressTests
{
    private static readonly Uri Dashboard = new("http://localhost:8000/dashboard/");

    [Theory]
    [InlineData(null, "/dashboard/")]
    [InlineData("", "/dashboard/")]
    [InlineData("jobs?view=history&status=failed", "/dashboard/jobs?view=history&status=failed")]
    [InlineData("/dashboard/symbols/BTC-USD", "/dashboard/symbols/BTC-USD")]
    [InlineData("symbols/%5EGSPC", "/dashboard/symbols/%5EGSPC")]
    [InlineData("symbols?search=a//b", "/dashboard/symbols?search=a//b")]
    [InlineData("http://localhost:8000/dashboard/jobs", "/dashboard/jobs")]
    public void A_page_of_the_dashboard_is_gone_back_to(string? to, string address) =>
        ReturnAddress.Within(Dashboard, to).ShouldBe(address);

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/dashboard/")]
    [InlineData("https:evil.example")]
    [InlineData("http://localhost:8001/dashboard/")]
    [InlineData("http://localhost:8000@evil.example/dashboard/")]
    [InlineData("https://localhost:8000/dashboard/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("/")]
    [InlineData("/scalar")]
    [InlineData("/dashboardx/jobs")]
    [InlineData("/dashboard/../x")]
    [InlineData("../api/v1/enrichment/pause")]
    [InlineData("jobs/../../api/v1/enrichment/pause")]
    [InlineData("%2e%2e/api/v1/enrichment/pause")]
    [InlineData(".%2E/api/v1/enrichment/pause")]
    [InlineData("..%2fapi/v1/enrichment/pause")]
    [InlineData("..\\api")]
    [InlineData("..%5capi")]
    [InlineData("%5c%5cevil.example")]
    [InlineData("\t//evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("%09//evil.example")]
    public void Everything_else_leads_to_the_start_page(string to) => ReturnAddress.Within(Dashboard, to).ShouldBe("/dashboard/");

    [Theory]
    [InlineData("///evil.example")]
    [InlineData(".//evil.example")]
    [InlineData("%2f%2fevil.example")]
    [InlineData("%252e%252e/api")]
    public void What_is_odd_and_yet_inside_stays_inside(string to) => ReturnAddress.Within(Dashboard, to).ShouldStartWith("/dashboard/");
}
