using System.Net;
using System.Text.Json;

namespace MarketData.Simulator.Tests.Binance;

public sealed class FuturesTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Theory]
    [InlineData("/fapi/v1/fundingRate?symbol=BTCUSDT&limit=9", "symbol fundingTime fundingRate markPrice", "fundingTime", 9)]
    [InlineData("/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&limit=9", "symbol sumOpenInterest sumOpenInterestValue timestamp", "timestamp", 9)]
    [InlineData("/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=1h&limit=9", "symbol longAccount longShortRatio shortAccount timestamp", "timestamp", 9)]
    [InlineData("/futures/data/takerlongshortRatio?symbol=BTCUSDT&period=1h", "buySellRatio sellVol buyVol timestamp", "timestamp", 30)]
    public async Task Answers_have_Binances_members(string path, string names, string stamp, int count)
    {
        var rows = (await _simulation.JsonAsync("/binance-futures" + path)).AsArray();

        rows.Count.ShouldBe(count);
        foreach (var row in rows)
        {
            row.Names().ShouldBe(names.Split(' '));
            row!.AsObject().ShouldAllBe(member => member.Value!.GetValueKind() == (member.Key == stamp ? JsonValueKind.Number : JsonValueKind.String));
        }

        rows.Select(row => (long)row![stamp]!).ShouldBeInOrder();
    }

    [Fact]
    public async Task Funding_comes_every_eight_hours()
    {
        var times = (await _simulation.JsonAsync("/binance-futures/fapi/v1/fundingRate?symbol=ETHUSDT")).AsArray().Select(row => (long)row!["fundingTime"]!).ToList();

        times.Count.ShouldBe(100);
        times.Zip(times.Skip(1), (first, second) => second - first).ShouldAllBe(step => step == 8 * 3_600_000);
    }

    [Fact]
    public async Task Statistics_reach_back_thirty_days_only()
    {
        var start = Simulation.Now.AddDays(-40).ToUnixTimeMilliseconds();

        var answer = await _simulation.JsonAsync($"/binance-futures/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&startTime={start}", HttpStatusCode.BadRequest);

        ((int)answer["code"]!).ShouldBe(-1130);
    }
}
