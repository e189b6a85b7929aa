using System.Net;

namespace MarketData.Simulator.Tests.Binance;

public sealed class ExchangeInfoTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task A_pair_that_is_listed_is_told_and_no_other()
    {
        var pair = (await _simulation.JsonAsync("/binance/api/v3/exchangeInfo?symbol=BTCUSDT"))["symbols"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)pair["symbol"], (string?)pair["baseAsset"], (string?)pair["quoteAsset"], (string?)pair["status"]).ShouldBe(("BTCUSDT", "BTC", "USDT", "TRADING"));
        ((int)(await _simulation.JsonAsync("/binance/api/v3/exchangeInfo?symbol=AAPLUSDT", HttpStatusCode.BadRequest))["code"]!).ShouldBe(-1121);
    }
}
