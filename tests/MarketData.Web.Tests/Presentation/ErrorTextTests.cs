using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Presentation;

public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("""1d: polygon: HTTP 404 {"status":"NOT_FOUND","request_id":"67d6","message":"Data not found."}""", "1d: polygon: HTTP 404 (Data not found.)")]
    [InlineData("""HTTP 404 {"chart":{"result":null,"error":{"code":"Not Found","description":"It may be delisted"}}} twice""", "HTTP 404 (It may be delisted) twice")]
    [InlineData("""HTTP 500 {"status":500}""", "HTTP 500")]
    [InlineData("""HTTP 500 {"status":"cut o""", """HTTP 500 {"status":"cut o""")]
    [InlineData("No such host {yet}", "No such host {yet}")]
    [InlineData(null, null)]
    public void A_providers_answer_is_told_in_its_own_words(string? error, string? told) => ErrorText.Of(error).ShouldBe(told);
}
