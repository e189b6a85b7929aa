using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Tests.Resilience;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;

namespace MarketData.Enrichment.Tests.Pipeline.Alpaca;

/// <summary>Splits and dividends as Alpaca tells them.</summary>
public sealed class AlpacaActionTests(PostgresServer server) : AlpacaTests(server)
{
    private static readonly DateOnly Earliest = new(1970, 1, 1);
    private static readonly DateOnly Today = new(2026, 11, 18);

    [Theory]
    [InlineData("AAPL")]
    [InlineData("MSFT")]
    // GEN was NLOK, and SYMC before.
    [InlineData("GEN")]
    [InlineData("META")]
    [InlineData("METV")]
    public async Task They_are_those_of_the_company_under_whatever_name(string symbol)
    {
        await StartAsync();
        await TrackAsync(symbol, "stock", "1d");
        var alpaca = await Alpaca.FetchCorporateActionsAsync(Stock(symbol), Earliest, Today, Cancellation);

        alpaca.Flaws.ShouldBeEmpty();
        // Yahoo knows a company by its present name alone.
        var yahoo = await Provider("yahoo").FetchCorporateActionsAsync(Stock(symbol), Earliest, Today, Cancellation);
        alpaca.Splits.ShouldBe(yahoo.Splits);
        // Yahoo gives them adjusted for splits, with few decimals.
        alpaca.Dividends.Select(paid => (paid.ExDate, paid.Amount, paid.Currency))
            .ShouldBe(yahoo.Dividends.Select(paid => (paid.ExDate, Math.Round(paid.Amount, 2), paid.Currency)));
        alpaca.Dividends.ShouldAllBe(paid => paid.RecordDate != null && paid.PayDate > paid.ExDate);
    }

    [Fact]
    public async Task A_dividend_counts_by_its_ex_date_although_it_is_listed_by_the_day_of_payment()
    {
        await StartAsync();
        var all = (await Alpaca.FetchCorporateActionsAsync(Stock("MSFT"), Earliest, Today, Cancellation)).Dividends;
        var one = all[^2];
        (await Alpaca.FetchCorporateActionsAsync(Stock("MSFT"), one.ExDate, one.ExDate, Cancellation)).Dividends.ShouldBe([one]);
    }

    [Fact]
    public async Task A_batch_tells_of_each_what_it_tells_alone_and_leaves_out_who_changed_its_name()
    {
        await StartAsync();
        Instrument[] asked = [Stock("AAPL"), Stock("MSFT"), Stock("META"), Stock("XOM"), Stock("NOSUCH")];
        var batch = await Alpaca.FetchBatchCorporateActionsAsync(asked, new(2020, 1, 1), Today, Cancellation);

        batch.Keys.Select(symbol => symbol.Value).ShouldBe(["AAPL", "MSFT", "XOM", "NOSUCH"], ignoreOrder: true);
        foreach (var (symbol, told) in batch)
        {
            var alone = await Alpaca.FetchCorporateActionsAsync(new(symbol, AssetClass.Stock), new(2020, 1, 1), Today, Cancellation);
            told.Splits.ShouldBe(alone.Splits);
            told.Dividends.ShouldBe(alone.Dividends);
        }

        // Since its change of name it has had one alone.
        (await Alpaca.FetchBatchCorporateActionsAsync(asked, new(2023, 1, 1), Today, Cancellation)).Keys.ShouldContain(Symbol.Parse("META"));
    }

    [Fact]
    public async Task What_reads_is_told_and_what_does_not_is_named()
    {
        const string body = """
            {"corporate_actions":{
              "forward_splits":[{"symbol":"AAPL","ex_date":"2020-08-31","new_rate":4,"old_rate":1,"process_date":"2020-08-31"},
                                {"symbol":"AAPL","ex_date":"soon","new_rate":2,"old_rate":1}],
              "reverse_splits":[{"symbol":"AAPL","ex_date":"2021-01-04","new_rate":"1","old_rate":"50"}],
              "stock_dividends":[{"symbol":"AAPL","ex_date":"2021-02-01","rate":0.05}],
              "spin_offs":[{"source_symbol":"AAPL","new_symbol":"CORE","source_rate":1,"new_rate":1,"ex_date":"2021-03-01"}],
              "cash_dividends":[{"symbol":"AAPL","ex_date":"2023-05-12","rate":0.24,"record_date":"2023-05-15","payable_date":"2023-05-18"},
                                {"symbol":"AAPL","ex_date":"2023-08-11","rate":"NaN"}],
              "cash_mergers":[{"acquiree_symbol":"X"}]},
             "next_page_token":null}
            """;
        await using var wire = await ScriptedProvider.StartAsync((context, _) => context.Response.WriteAsync(body));
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));
        var told = await Alpaca.FetchCorporateActionsAsync(Stock("AAPL"), Earliest, Today, Cancellation);

        told.Splits.ShouldBe([new(new(2020, 8, 31), 1, 4), new(new(2021, 1, 4), 50, 1), new(new(2021, 2, 1), 1, 1.05)]);
        told.Dividends.ShouldBe([new CashDividend(new(2023, 5, 12), 0.24, "USD", new(2023, 5, 15), new(2023, 5, 18))]);
        told.Flaws.Count.ShouldBe(2);
        told.Flaws[0].ShouldStartWith("corporate_actions.forward_splits[1].ex_date");
        told.Flaws[1].ShouldStartWith("corporate_actions.cash_dividends[1].rate");
    }

    [Theory]
    [InlineData(403, false)]
    [InlineData(200, true)]
    public async Task Where_the_plan_lacks_them_candles_can_be_had_all_the_same(int status, bool isServed)
    {
        await using var wire = await ScriptedProvider.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("""{"corporate_actions":null,"next_page_token":null,"message":"subscription does not permit"}""");
        });
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));

        (await Alpaca.FetchCorporateActionsAsync(Stock("AAPL"), Earliest, Today, Cancellation)).Served.ShouldBe(isServed);
    }
}
