using System.Text;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Tests.Resilience;

public sealed class RefusalTextTests
{
    [Theory]
    [InlineData("""{"status":"NOT_FOUND","request_id":"67d6","message":"Data not found."}""", "Data not found.")]
    [InlineData("""{"chart":{"result":null,"error":{"code":"Not Found","description":"It may be delisted"}}}""", "It may be delisted")]
    [InlineData("""{"code":-1121,"msg":"Invalid symbol."}""", "Invalid symbol.")]
    [InlineData("""{"status":"ERROR","request_id":"67d6","error":"Unknown API Key"}""", "Unknown API Key")]
    [InlineData("""{"status":500}""", null)]
    [InlineData("""{"status":"cut o""", """{"status":"cut o""")]
    [InlineData("<html>\n<head><title>502 Bad\n  Gateway &amp; more</title></head><body>…</body></html>", "502 Bad Gateway & more")]
    [InlineData("<html><body>nothing to quote</body></html>", null)]
    [InlineData("Edge: Too Many Requests\r\n", "Edge: Too Many Requests")]
    [InlineData(" \n", null)]
    public void A_provider_is_quoted_in_its_own_words(string body, string? said) => RefusalText.Of(Encoding.UTF8.GetBytes(body)).ShouldBe(said);

    [Fact]
    public void A_long_text_is_cut() => RefusalText.Of(Encoding.UTF8.GetBytes(new string('x', 100_000))).ShouldBe(new string('x', 199) + "…");
}
