using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;
using MarketData.Enrichment.Tests.Resilience;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;

namespace MarketData.Enrichment.Tests.Pipeline.Alpaca;

/// <summary>Many symbols in one request.</summary>
public sealed class AlpacaBatchTests(PostgresServer server) : AlpacaTests(server)
{
    private static readonly DateTime From = Day(2026, 10, 1);
    private static readonly DateTime To = Day(2026, 11, 18);

    [Theory]
    [InlineData(BarInterval.OneDay)]
    [InlineData(BarInterval.OneHour)]
    [InlineData(BarInterval.FiveMinutes)]
    public async Task Each_is_answered_as_it_would_be_alone(BarInterval interval)
    {
        await StartAsync();
        Instrument[] asked = [Stock("MSFT"), Stock("AAPL"), Stock("BRK.B"), new(Symbol.Parse("SPY"), AssetClass.Etf), Stock("META")];
        var batch = await Alpaca.FetchBatchAsync(asked, interval, From, To, Cancellation);

        batch.Keys.ShouldBe(asked.Select(instrument => instrument.Symbol), ignoreOrder: true);
        // Five minutes of six weeks are more than one page.
        batch.Values.Sum(result => result.Requests).ShouldBeGreaterThanOrEqualTo(interval == BarInterval.FiveMinutes ? 2 : 1);
        foreach (var instrument in asked)
        {
            var alone = await Alpaca.FetchAsync(instrument, interval, From, To, Cancellation);
            batch[instrument.Symbol].Candles.ToArray().ShouldBe(alone.Candles.ToArray());
            // Lists are compared by what they are, not by what is in them.
            var (told, none) = (batch[instrument.Symbol], alone with { Candles = default, Incomplete = new HashSet<DateTime>(), Rejected = [], Flaws = [] });
            told.Incomplete.ShouldBe(alone.Incomplete, ignoreOrder: true);
            (none with { OutOfSession = told.OutOfSession, OutOfRange = told.OutOfRange, CoveredFrom = told.CoveredFrom, Facts = told.Facts }).ShouldBe(none);
            told.Rejected.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Two_hundred_symbols_days_are_one_request_whose_time_is_shared_out()
    {
        await StartAsync();
        Instrument[] asked = [.. Enumerable.Range(1, Alpaca.MostSymbols).Select(number => Stock($"SIM{number:0000}"))];
        var batch = await Alpaca.FetchBatchAsync(asked, BarInterval.OneDay, Day(2026, 11, 12), Time.GetUtcNow().UtcDateTime, Cancellation);

        batch.Count.ShouldBe(200);
        batch.Values.ShouldAllBe(result => result.Candles.Length == 4 && result.FormingDropped == 1);
        (await RequestsAsync("alpaca", "SIM0001")).ShouldBe(1);
        batch.Values.Sum(result => result.Requests).ShouldBe(1);
        batch.Values.ShouldAllBe(result => result.ResponseTime > TimeSpan.Zero == result.Requests > 0);
    }

    [Fact]
    public async Task Of_a_symbol_that_nobody_trades_there_is_nothing_for_the_range()
    {
        await StartAsync();
        var batch = await Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("NOSUCH")], BarInterval.OneDay, From, To, Cancellation);

        batch[Symbol.Parse("NOSUCH")].HasAny.ShouldBeFalse();
        batch[Symbol.Parse("AAPL")].Candles.Length.ShouldBe(34);
    }

    [Fact]
    public async Task A_symbol_that_Alpaca_takes_for_none_is_left_out_and_the_others_are_had()
    {
        await StartAsync();
        Instrument[] asked = [Stock("AAPL"), Stock("DOW-2017"), Stock("MSFT"), Stock("A-B")];
        var batch = await Alpaca.FetchBatchAsync(asked, BarInterval.OneDay, From, To, Cancellation);
        batch.Keys.Select(symbol => symbol.Value).ShouldBe(["AAPL", "MSFT"], ignoreOrder: true);
        batch.Values.Sum(result => result.Requests).ShouldBe(3);

        (await Alpaca.FetchBatchCorporateActionsAsync(asked, new(2020, 1, 1), new(2026, 11, 1), Cancellation)).Keys.Select(symbol => symbol.Value)
            .ShouldBe(["AAPL", "MSFT"], ignoreOrder: true);
        // Alone it fails alone.
        (await FailureAsync("DOW-2017", From, To)).Kind.ShouldBe(ProviderErrorKind.UnknownSymbol);
    }

    [Theory]
    [InlineData("invalid symbol: someone")]
    [InlineData("invalid symbol: ")]
    public async Task Where_it_does_not_say_which_all_are_to_be_asked_for_alone(string message)
    {
        await using var wire = await ScriptedProvider.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync(new { message });
        });
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));
        if (message.EndsWith("someone", StringComparison.Ordinal))
            (await Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("MSFT")], BarInterval.OneDay, From, To, Cancellation)).ShouldBeEmpty();
        else
            (await Should.ThrowAsync<ProviderException>(() => Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("MSFT")], BarInterval.OneDay, From, To, Cancellation)))
                .Kind.ShouldBe(ProviderErrorKind.Refused);
    }

    [Fact]
    public async Task Who_has_another_name_within_the_range_is_left_out()
    {
        await StartAsync();
        await TrackAsync("META", "stock", "1d");
        await NameFacebookAsync("alpaca");
        async Task<IEnumerable<string>> AskAsync(DateTime from, DateTime to) =>
            (await Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("META")], BarInterval.OneDay, from, to, Cancellation)).Keys.Select(symbol => symbol.Value);

        (await AskAsync(Day(2022, 6, 1), Day(2022, 7, 1))).ShouldBe(["AAPL"]);
        (await AskAsync(Day(2022, 5, 1), Day(2022, 6, 1))).ShouldBe(["AAPL"]);
        (await AskAsync(Day(2022, 7, 1), Day(2022, 8, 1))).ShouldBe(["AAPL", "META"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("wrong_types")]
    [InlineData("other_instrument")]
    public async Task A_symbol_whose_answer_is_wrong_takes_no_other_with_it(string kind)
    {
        await StartAsync();
        await FaultAsync(new { kind, provider = "alpaca", symbol = "MSFT", bar_rate = 1 });
        var batch = await Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("MSFT"), Stock("XOM")], BarInterval.OneDay, From, To, Cancellation);

        batch.Keys.Select(symbol => symbol.Value).ShouldBe(["AAPL", "XOM"], ignoreOrder: true);
        batch.Values.ShouldAllBe(result => result.Candles.Length == 34);
    }

    [Fact]
    public async Task A_page_that_came_broken_is_asked_for_again_and_counts_once()
    {
        await StartAsync();
        await FaultAsync(new { kind = "truncated_json", provider = "alpaca", after = 1, count = 1 });
        Instrument[] asked = [Stock("AAPL"), Stock("MSFT")];
        var batch = await Alpaca.FetchBatchAsync(asked, BarInterval.FiveMinutes, Day(2026, 8, 3), To, Cancellation);

        batch.Values.Sum(result => result.Requests).ShouldBeGreaterThan(3);
        foreach (var instrument in asked)
        {
            batch[instrument.Symbol].DuplicatesCollapsed.ShouldBe(0);
            batch[instrument.Symbol].Candles.ToArray().ShouldBe((await Alpaca.FetchAsync(instrument, BarInterval.FiveMinutes, Day(2026, 8, 3), To, Cancellation)).Candles.ToArray());
        }
    }

    [Fact]
    public async Task A_batch_that_fails_fails_as_one()
    {
        await StartAsync(("Providers:Alpaca:Resilience:MaxRetries", "0"));
        await FaultAsync(new { kind = "server_error", provider = "alpaca" });
        (await Should.ThrowAsync<ProviderException>(() => Alpaca.FetchBatchAsync([Stock("AAPL"), Stock("MSFT")], BarInterval.OneDay, From, To, Cancellation)))
            .Kind.ShouldBe(ProviderErrorKind.Transient);
        (await Should.ThrowAsync<ProviderException>(() => Alpaca.FetchBatchAsync([Stock("AAPL")], BarInterval.OneDay, Day(2015, 1, 1), To, Cancellation)))
            .ServedFrom.ShouldBe(Day(2016, 1, 1));
    }
}
