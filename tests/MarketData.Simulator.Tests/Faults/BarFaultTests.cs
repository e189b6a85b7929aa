using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Faults;

/// <summary>Faults in the bars themselves; <c>from</c> and <c>to</c> say which.</summary>
public sealed class BarFaultTests : IAsyncLifetime
{
    // One trading day, by any provider's stamp of it.
    private static readonly DateTimeOffset From = Wire.Day(2026, 2, 11);
    private static readonly DateTimeOffset To = Wire.Day(2026, 2, 12);

    private Simulation _simulation = null!;
    private JsonArray _polygon = null!;
    private JsonArray _binance = null!;
    private JsonNode _yahoo = null!;

    public static TheoryData<string> Kinds =>
    [
        "wrong_types", "swapped_numbers", "exponents", "out_of_range_numbers", "empty_answer", "duplicate_bars", "conflicting_bars", "out_of_order_bars",
        "null_rows", "null_prices", "missing_bars", "revised_prices", "impossible_candle", "zero_price", "negative_volume", "price_spike", "off_grid",
    ];

    public async ValueTask InitializeAsync()
    {
        _simulation = await Simulation.StartAsync();
        _polygon = (await _simulation.JsonAsync(Answers.Polygon)).Results();
        _binance = (await _simulation.JsonAsync(Answers.Binance)).AsArray();
        _yahoo = (await _simulation.JsonAsync(Answers.Yahoo)).Result();
    }

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fault_hits_the_bars_chosen_and_spares_the_others(string kind)
    {
        await _simulation.FaultAsync(new { kind, from = From, to = To });

        var spoilt = Lines((await _simulation.JsonAsync(Answers.Polygon)).Results());

        spoilt.ShouldNotBe(Lines(_polygon));
        if (kind is not ("empty_answer" or "out_of_order_bars"))
            Lines(_polygon).Where((_, index) => index != 7).ShouldBeSubsetOf(spoilt);
    }

    [Fact]
    public async Task Wrong_types_are_objects_where_prices_belong()
    {
        await FaultAsync("wrong_types");

        (await PolygonBarAsync())["o"]!.GetValueKind().ShouldBe(JsonValueKind.Object);
        (await BinanceBarAsync())[1]!.GetValueKind().ShouldBe(JsonValueKind.Object);
        (await _simulation.JsonAsync(Answers.Yahoo)).Result()["indicators"]!["quote"]![0]!["open"]![7]!.GetValueKind().ShouldBe(JsonValueKind.Object);
    }

    [Fact]
    public async Task Swapped_numbers_are_strings_at_Polygons_and_numbers_at_Binances()
    {
        await FaultAsync("swapped_numbers");

        var polygon = (await PolygonBarAsync())["o"]!;
        polygon.GetValueKind().ShouldBe(JsonValueKind.String);
        double.Parse((string)polygon!, CultureInfo.InvariantCulture).ShouldBe((double)_polygon[7]!["o"]!);
        (await BinanceBarAsync())[1]!.GetValueKind().ShouldBe(JsonValueKind.Number);
    }

    [Fact]
    public async Task Exponents_are_odd_but_right()
    {
        await FaultAsync("exponents");

        var polygon = (await PolygonBarAsync())["o"]!;
        polygon.ToJsonString().ShouldContain("E2");
        ((double)polygon).ShouldBe((double)_polygon[7]!["o"]!);
        double.Parse((string)(await BinanceBarAsync())[1]!, CultureInfo.InvariantCulture).ShouldBe(double.Parse((string)_binance[9]![1]!, CultureInfo.InvariantCulture), 1e-8);
    }

    [Fact]
    public async Task Numbers_out_of_range_are_more_than_a_double_holds()
    {
        await FaultAsync("out_of_range_numbers");

        (await PolygonBarAsync())["o"]!.ToJsonString().ShouldBe("1e999");
        ((string?)(await BinanceBarAsync())[1]).ShouldBe("1e999");
    }

    [Fact]
    public async Task An_empty_answer_is_what_the_provider_says_of_a_range_without_data()
    {
        await FaultAsync("empty_answer");

        (await _simulation.JsonAsync(Answers.Polygon)).Names().ShouldNotContain("results");
        (await _simulation.JsonAsync(Answers.Binance)).AsArray().ShouldBeEmpty();
        (await _simulation.JsonAsync(Answers.Yahoo)).Result().Names().ShouldBe(["meta", "indicators"]);
    }

    [Fact]
    public async Task Duplicates_are_alike_and_conflicts_are_not()
    {
        var id = await FaultAsync("duplicate_bars");
        var duplicates = (await _simulation.JsonAsync(Answers.Polygon)).Results();
        await _simulation.Http.DeleteAsync($"/simulator/faults/{id}", TestContext.Current.CancellationToken);
        await FaultAsync("conflicting_bars");
        var conflicts = (await _simulation.JsonAsync(Answers.Polygon)).Results();

        duplicates.Count.ShouldBe(_polygon.Count + 1);
        duplicates[8]!.ToJsonString().ShouldBe(duplicates[7]!.ToJsonString());
        ((long)conflicts[8]!["t"]!).ShouldBe((long)conflicts[7]!["t"]!);
        ((double)conflicts[8]!["c"]!).ShouldBe((double)conflicts[7]!["c"]! * 1.01, 1e-5);
    }

    [Fact]
    public async Task Disorder_exchanges_neighbours()
    {
        await FaultAsync("out_of_order_bars");

        var bars = (await _simulation.JsonAsync(Answers.Polygon)).Results();

        bars.Count.ShouldBe(_polygon.Count);
        ((long)bars[7]!["t"]!).ShouldBe((long)_polygon[8]!["t"]!);
        ((long)bars[8]!["t"]!).ShouldBe((long)_polygon[7]!["t"]!);
    }

    [Fact]
    public async Task A_page_may_begin_with_the_end_of_the_one_before()
    {
        await _simulation.FaultAsync(new { kind = "page_overlap", provider = "polygon" });
        var first = await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2026-02-02", "2026-02-13", "limit=5"));
        var second = await _simulation.JsonAsync((string)first["next_url"]!);

        ((long)second.Results()[0]!["t"]!).ShouldBeLessThan((long)second.Results()[1]!["t"]!);
        second.Results().Count.ShouldBe(6);
    }

    [Fact]
    public async Task Null_rows_have_neither_prices_nor_volume_and_null_prices_keep_the_volume()
    {
        var id = await FaultAsync("null_rows");
        var rows = (await _simulation.JsonAsync(Answers.Yahoo)).Result();
        await _simulation.Http.DeleteAsync($"/simulator/faults/{id}", TestContext.Current.CancellationToken);
        await FaultAsync("null_prices");
        var prices = (await _simulation.JsonAsync(Answers.Yahoo)).Result();

        rows.Stamps().ShouldBe(_yahoo.Stamps());
        (rows.Column("open")[7], rows.Column("close")[7], rows.Column("volume")[7]).ShouldBe((null, null, null));
        (prices.Column("open")[7], prices.Column("close")[7], prices.Column("volume")[7]).ShouldBe((null, null, _yahoo.Column("volume")[7]));
    }

    [Fact]
    public async Task Missing_bars_are_there_once_the_fault_is_gone()
    {
        var id = await FaultAsync("missing_bars");
        var without = (await _simulation.JsonAsync(Answers.Polygon)).Results();
        await _simulation.Http.DeleteAsync($"/simulator/faults/{id}", TestContext.Current.CancellationToken);

        Lines(without).ShouldBe(Lines(_polygon).Where((_, index) => index != 7));
        Lines((await _simulation.JsonAsync(Answers.Polygon)).Results()).ShouldBe(Lines(_polygon));
    }

    [Theory]
    [InlineData("revised_prices", 1.001)]
    [InlineData("price_spike", 1.5)]
    public async Task Prices_change_by_the_factor(string kind, double usual)
    {
        var id = await FaultAsync(kind);
        ((double)(await PolygonBarAsync())["c"]!).ShouldBe((double)_polygon[7]!["c"]! * usual, 1e-5);
        await _simulation.Http.DeleteAsync($"/simulator/faults/{id}", TestContext.Current.CancellationToken);

        await _simulation.FaultAsync(new { kind, factor = 3.0, from = From, to = To });
        ((double)(await PolygonBarAsync())["c"]!).ShouldBe((double)_polygon[7]!["c"]! * 3, 1e-5);
    }

    [Fact]
    public async Task Impossible_bars_are_impossible()
    {
        await FaultAsync("impossible_candle");
        var impossible = await PolygonBarAsync();
        ((double)impossible["l"]!).ShouldBeGreaterThan((double)impossible["o"]!);
    }

    [Fact]
    public async Task Zeros_and_negative_volumes_are_what_they_say()
    {
        await FaultAsync("zero_price");
        await FaultAsync("negative_volume");

        var bar = await PolygonBarAsync();

        ((double)bar["c"]!).ShouldBe(0);
        ((double)bar["v"]!).ShouldBeLessThan(0);
    }

    [Fact]
    public async Task Stamps_off_the_grid_are_off_the_grid()
    {
        await FaultAsync("off_grid");

        (((long)(await PolygonBarAsync())["t"]!) - (long)_polygon[7]!["t"]!).ShouldBe(73_000);
    }

    [Fact]
    public async Task A_bar_may_open_in_the_future()
    {
        await _simulation.FaultAsync(new { kind = "future_bar" });

        (await _simulation.JsonAsync(Answers.Polygon)).Results()[^1].Opens().ShouldBeGreaterThan(Simulation.Now);
        DateTimeOffset.FromUnixTimeMilliseconds((long)(await _simulation.JsonAsync(Answers.Binance)).AsArray()[^1]![0]!).ShouldBeGreaterThan(Simulation.Now);
    }

    [Fact]
    public async Task A_bar_may_be_forming_at_any_hour()
    {
        await using var atNight = await Simulation.StartAsync("Now=2026-03-08T03:00:00Z");
        var path = Wire.Aggregates("AAPL", "1/day", "2026-03-02", "2026-03-08");
        var before = (await atNight.JsonAsync(path)).Results();
        await atNight.FaultAsync(new { kind = "forming_bar" });

        var after = (await atNight.JsonAsync(path)).Results();

        after.Count.ShouldBe(before.Count + 1);
        after[^1].Opens().AddDays(1).ShouldBeGreaterThan(new DateTimeOffset(2026, 3, 8, 3, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Today_may_come_twice()
    {
        await _simulation.FaultAsync(new { kind = "today_twice", provider = "yahoo" });

        var result = (await _simulation.JsonAsync(Answers.Yahoo)).Result();

        result.Stamps().Length.ShouldBe(_yahoo.Stamps().Length + 1);
        DateOnly.FromDateTime(result.Stamps()[^1].UtcDateTime).ShouldBe(DateOnly.FromDateTime(result.Stamps()[^2].UtcDateTime));
        result.Column("close")[^1].ShouldBe(result.Column("close")[^2]);
    }

    [Fact]
    public async Task The_last_week_may_come_in_two_rows()
    {
        await using var weekend = await Simulation.StartAsync("Now=2026-03-07T12:00:00Z");
        var path = Wire.Chart("AAPL", "1wk", Wire.Day(2026, 2, 2), Wire.Day(2026, 3, 7));
        var before = (await weekend.JsonAsync(path)).Result().Stamps();
        await weekend.FaultAsync(new { kind = "week_in_two_rows", provider = "yahoo" });

        var after = (await weekend.JsonAsync(path)).Result().Stamps();

        after[..^1].ShouldBe(before);
        after[^1].ShouldBe(Wire.Day(2026, 3, 6).AddHours(21), "the last trade of Friday");
    }

    private static string[] Lines(JsonArray bars) => [.. bars.Select(bar => bar!.ToJsonString())];

    private Task<int> FaultAsync(string kind) => _simulation.FaultAsync(new { kind, from = From, to = To });

    // The eighth trading day of February 2026 is the 11th; the 16th is a holiday.
    private async Task<JsonNode> PolygonBarAsync() => (await _simulation.JsonAsync(Answers.Polygon)).Results()[7]!;

    private async Task<JsonArray> BinanceBarAsync() => (await _simulation.JsonAsync(Answers.Binance)).AsArray()[9]!.AsArray();
}
