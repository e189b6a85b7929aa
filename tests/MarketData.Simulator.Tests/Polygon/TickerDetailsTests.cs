using System.Net;

namespace MarketData.Simulator.Tests.Polygon;

public sealed class TickerDetailsTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Theory]
    [InlineData("AAPL", "Apple Inc.", "stocks", "CS", "1980-12-12")]
    [InlineData("SPY", "SPDR S&P 500 ETF", "stocks", "ETF", "1993-01-29")]
    [InlineData("X:BTCUSD", "Bitcoin USD", "crypto", null, "2017-08-17")]
    public async Task A_ticker_tells_what_is_listed_under_it(string ticker, string name, string market, string? type, string listed)
    {
        var details = (await _simulation.JsonAsync($"/polygon/v3/reference/tickers/{ticker}"))["results"]!;
        ((string?)details["ticker"], (string?)details["name"], (string?)details["market"], (string?)details["type"], (string?)details["list_date"])
            .ShouldBe((ticker, name, market, type, listed));
        await _simulation.JsonAsync("/polygon/v3/reference/tickers/NOBODY", HttpStatusCode.NotFound);
    }
}
