using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Adjustments;

/// <summary>What is in effect when providers contradict each other and themselves; the figures are those of real reports.</summary>
public sealed class ActionRulesTests
{
    private static readonly ActionRules Rules = new(TradingCalendar.UsEquities, "USD");

    [Fact]
    public void Of_two_days_told_for_a_split_the_one_counts_on_which_the_price_changed()
    {
        var result = Rules.Derive(
            [Split(1, "polygon", "2021-07-19", 1, 4), Split(2, "yahoo", "2021-07-20", 1, 4)],
            Days(("2021-07-16", 720, 726.44), ("2021-07-19", 713.99, 751.19), ("2021-07-20", 187.30, 186.12)));
        result.Splits.ShouldBe([(new StockSplit(Date("2021-07-20"), 1, 4), "yahoo")]);
        States(result).ShouldBe([ActionState.Merged, ActionState.InEffect]);
    }

    [Theory]
    [InlineData("2024-05-01", "2024-05-02")]
    [InlineData("2024-05-02", "2024-05-01")]
    public void A_split_told_twice_counts_once(string one, string other)
    {
        var result = Rules.Derive([Split(1, "polygon", one, 15, 1), Split(2, "polygon", other, 15, 1)], ReverseSplit);
        result.Splits.ShouldBe([(new StockSplit(Date("2024-05-01"), 15, 1), "polygon")]);
        States(result).ShouldBe([ActionState.InEffect, ActionState.Merged], ignoreOrder: true);
    }

    [Theory]
    [InlineData(15, 10)]
    [InlineData(10, 15)]
    public void Of_two_ratios_the_price_decides_and_the_other_is_disputed(double one, double other)
    {
        var result = Rules.Derive([Split(1, "polygon", "2024-05-01", one, 1), Split(2, "polygon", "2024-05-01", other, 1)], ReverseSplit);
        result.Splits.ShouldBe([(new StockSplit(Date("2024-05-01"), 15, 1), "polygon")]);
        result.Verdicts[one == 15 ? 1 : 2].State.ShouldBe(ActionState.InEffect);
        result.Verdicts[one == 15 ? 2 : 1].State.ShouldBe(ActionState.Disputed);
    }

    [Fact]
    public void A_split_whose_day_shows_nothing_is_moved_to_the_day_that_does()
    {
        var days = Flat("2013-12-20", "2014-02-10", 840).ToList();
        for (var i = 0; i < days.Count; i++)
        {
            if (days[i].Date >= Date("2014-01-22"))
                days[i] = (days[i].Date, 83.7, 84);
        }

        var result = Rules.Derive([Split(1, "polygon", "2014-01-07", 1, 10)], days);
        result.Splits.ShouldBe([(new StockSplit(Date("2014-01-22"), 1, 10), "polygon")]);
        result.Verdicts[1].ShouldBe((ActionState.InEffect, "Moved: the price changed on 2014-01-22."));
    }

    [Theory]
    [InlineData("2022-03-08", "2022-03-17")] // one on its day, the other seven sessions late
    [InlineData("2022-03-02", "2022-03-14")] // four sessions early, and four late
    [InlineData("2022-02-28", "2022-03-08")]
    public void A_split_told_more_than_five_sessions_apart_is_one(string one, string other)
    {
        var days = Flat("2022-02-01", "2022-04-01", 200).Select(day => day.Date < Date("2022-03-08") ? day : (day.Date, 50, 50)).ToList();
        var result = Rules.Derive([Split(1, "polygon", one, 1, 4), Split(2, "yahoo", other, 1, 4)], days);
        result.Splits.ShouldHaveSingleItem().Split.ShouldBe(new StockSplit(Date("2022-03-08"), 1, 4));
        States(result).ShouldBe([ActionState.Merged, ActionState.InEffect], ignoreOrder: true);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(20, 1)]
    [InlineData(2, 3)]
    public void A_split_that_no_price_shows_is_disputed(double from, double to)
    {
        var result = Rules.Derive([Split(1, "yahoo", "2022-03-08", from, to)], [.. Flat("2022-02-01", "2022-04-01", 50)]);
        result.Splits.ShouldBeEmpty();
        result.Verdicts[1].State.ShouldBe(ActionState.Disputed);
    }

    [Fact]
    public void A_stock_dividend_is_too_small_to_show() =>
        Rules.Derive([Split(1, "polygon", "2022-03-08", 20, 21)], [.. Flat("2022-02-01", "2022-04-01", 50)])
            .Splits.ShouldBe([(new StockSplit(Date("2022-03-08"), 20, 21), "polygon")]);

    [Theory]
    [InlineData("2030-01-01", "2030-02-01")] // long after the split
    [InlineData("2022-02-01", "2022-03-07")] // up to the day before
    public void A_split_without_a_price_of_its_day_is_in_effect_until_there_is_one(string from, string to)
    {
        var result = Rules.Derive([Split(1, "polygon", "2022-03-08", 1, 4), Split(2, "yahoo", "2022-03-09", 1, 4)], [.. Flat(from, to, 50)]);
        result.Splits.ShouldHaveSingleItem().Split.ExDate.ShouldBe(Date("2022-03-08"));
        States(result).ShouldBe([ActionState.Unverified, ActionState.Merged]);
    }

    [Theory]
    [InlineData(0, 1, "2022-03-08", ActionState.Invalid)]
    [InlineData(1, 0, "2022-03-08", ActionState.Invalid)]
    [InlineData(-1, 4, "2022-03-08", ActionState.Invalid)]
    [InlineData(1, 4, "2022-03-06", ActionState.Invalid)] // a Sunday
    [InlineData(1, 1, "2022-03-08", ActionState.WithoutEffect)]
    public void What_cannot_be_applied_is_not(double from, double to, string date, ActionState state)
    {
        var result = Rules.Derive([Split(1, "yahoo", date, from, to), Split(2, "yahoo", "2020-08-31", 1, 4)], []);
        result.Splits.ShouldHaveSingleItem().Split.ExDate.ShouldBe(Date("2020-08-31"));
        result.Verdicts[1].State.ShouldBe(state);
    }

    [Fact]
    public void Two_splits_apart_are_both_in_effect() =>
        Rules.Derive([Split(1, "polygon", "2014-06-09", 1, 7), Split(2, "polygon", "2020-08-31", 1, 4)], []).Splits.Count.ShouldBe(2);

    [Fact]
    public void A_dividend_told_twice_is_paid_once()
    {
        var result = Rules.Derive(
            [
                Dividend(1, "polygon", "2020-12-09", 0.375, "2020-12-10", "2020-12-24"), Dividend(2, "polygon", "2020-12-09", 0.375, "2020-12-10", "2020-12-24"),
                Dividend(3, "polygon", "2017-08-31", 0.805, "2017-09-01", "2017-09-15"), Dividend(4, "polygon", "2017-08-30", 0.805, "2017-09-01", "2017-09-15"),
                Dividend(5, "yahoo", "2020-12-10", 0.38, null, null),
            ],
            []);
        result.Dividends.Select(one => (one.Dividend.ExDate, one.Dividend.Amount)).ShouldBe([(Date("2017-08-30"), 0.805), (Date("2020-12-09"), 0.375)]);
        result.Verdicts[5].State.ShouldBe(ActionState.Merged);
    }

    [Fact]
    public void A_regular_and_a_special_dividend_of_one_day_add_up() =>
        Rules.Derive([Dividend(1, "polygon", "2020-12-09", 0.5, null, null), Dividend(2, "polygon", "2020-12-09", 3, null, null)], [])
            .Dividends.ShouldHaveSingleItem().Dividend.Amount.ShouldBe(3.5);

    [Fact]
    public void Dividends_of_two_quarters_are_two() =>
        Rules.Derive([Dividend(1, "polygon", "2020-12-09", 0.5, null, null), Dividend(2, "polygon", "2021-03-09", 0.5, null, null)], []).Dividends.Count.ShouldBe(2);

    [Theory]
    [InlineData("2024-05-03", "2024-05-10", "2024-05-17")]
    [InlineData("2024-05-06", "2024-05-10", "2024-05-17")] // the first a session late
    [InlineData("2024-05-03", "2024-05-10", "2024-05-20")] // the last one
    public void Who_pays_each_week_pays_what_one_provider_lacks_too(string first, string second, string third)
    {
        var result = Rules.Derive(
            [
                Dividend(1, "polygon", "2024-05-03", 0.31, "2024-05-03", "2024-05-06"), Dividend(2, "polygon", "2024-05-17", 0.33, "2024-05-17", "2024-05-20"),
                Dividend(3, "yahoo", first, 0.31, null, null), Dividend(4, "yahoo", second, 0.32, null, null), Dividend(5, "yahoo", third, 0.33, null, null),
            ],
            []);
        result.Dividends.Select(one => (one.Dividend.ExDate, one.Dividend.Amount))
            .ShouldBe([(Date("2024-05-03"), 0.31), (Date("2024-05-10"), 0.32), (Date("2024-05-17"), 0.33)]);
    }

    [Fact]
    public void A_dividend_that_the_second_provider_tells_twice_is_paid_once()
    {
        var result = Rules.Derive(
            [Dividend(1, "polygon", "2017-08-30", 0.805, null, null), Dividend(2, "yahoo", "2017-08-30", 0.805, null, null), Dividend(3, "yahoo", "2017-08-31", 0.805, null, null)],
            []);
        result.Dividends.ShouldHaveSingleItem().Dividend.Amount.ShouldBe(0.805);
    }

    [Fact]
    public void A_dividend_in_another_currency_is_not_applied()
    {
        var result = Rules.Derive([Dividend(1, "polygon", "2022-09-29", 50, null, null) with { Currency = "JPY" }], []);
        result.Dividends.ShouldBeEmpty();
        result.Verdicts[1].ShouldBe((ActionState.Unconverted, "It was paid in JPY, and the price is in USD."));
    }

    [Fact]
    public void A_dividend_in_another_currency_is_converted_by_the_rate_of_its_pair()
    {
        var result = Rules.Derive(
            [Dividend(1, "polygon", "2022-09-29", 50, null, null) with { Currency = "JPY" }, Dividend(2, "yahoo", "2022-09-29", 0.35, null, null)],
            [],
            new Dictionary<long, CurrencyRate> { [1] = new("JPYUSD=X", Date("2022-09-28"), 0.007) });
        result.Dividends.ShouldHaveSingleItem().ShouldBe((new CashDividend(Date("2022-09-29"), 0.35000000000000003, "USD"), "polygon"));
        result.Verdicts[1].ShouldBe((ActionState.InEffect, "Paid were 50 JPY: 0.35 USD by JPYUSD=X of 2022-09-28."));
        result.Verdicts[2].State.ShouldBe(ActionState.Merged);
    }

    [Theory]
    [InlineData("GBp", "GBP", 0.0485, 4.85)]
    [InlineData("GBp", "GBX", 4.85, 4.85)]
    [InlineData("GBP", "GBp", 4.85, 0.0485)]
    [InlineData("ZAc", "ZAR", 2, 200)]
    public void Pence_and_pounds_are_one_currency(string unit, string paid, double amount, double inEffect)
    {
        var result = new ActionRules(TradingCalendar.UsEquities, unit).Derive(
            [Dividend(1, "yahoo", "2022-09-29", amount, null, null) with { Currency = paid }], []);
        var dividend = result.Dividends.ShouldHaveSingleItem().Dividend;
        dividend.Amount.ShouldBe(inEffect, 1e-12);
        dividend.Currency.ShouldBe(unit);
        result.Verdicts[1].State.ShouldBe(ActionState.InEffect);
    }

    [Fact]
    public void A_rate_in_pounds_gives_pence()
    {
        var result = new ActionRules(TradingCalendar.UsEquities, "GBp").Derive(
            [Dividend(1, "yahoo", "2022-09-29", 0.1, null, null) with { Currency = "USD" }],
            [],
            new Dictionary<long, CurrencyRate> { [1] = new("GBPUSD=X", Date("2022-09-28"), 0.9) });
        result.Dividends.ShouldHaveSingleItem().Dividend.Amount.ShouldBe(9, 1e-12);
    }

    [Fact]
    public void What_a_person_confirmed_is_applied_against_the_price_and_against_all_others()
    {
        var result = Rules.Derive(
            [Split(1, "polygon", "2024-05-01", 15, 1), Split(2, "yahoo", "2024-05-02", 10, 1) with { IsConfirmed = true }, Split(3, "yahoo", "2024-05-03", 10, 1)],
            ReverseSplit);
        result.Splits.ShouldBe([(new StockSplit(Date("2024-05-02"), 10, 1), "yahoo")]);
        States(result).ShouldBe([ActionState.Disputed, ActionState.InEffect, ActionState.Merged]);
    }

    [Fact]
    public void Two_splits_that_a_person_confirmed_are_two_however_near()
    {
        var result = Rules.Derive(
            [Split(1, "person", "2024-05-01", 15, 1) with { IsConfirmed = true }, Split(2, "person", "2024-05-02", 1, 2) with { IsConfirmed = true }], []);
        result.Splits.Select(one => one.Split).ShouldBe([new StockSplit(Date("2024-05-01"), 15, 1), new StockSplit(Date("2024-05-02"), 1, 2)]);
        States(result).ShouldAllBe(state => state == ActionState.InEffect);
    }

    [Fact]
    public void A_dividend_that_a_person_entered_stands_for_that_of_the_provider()
    {
        var result = Rules.Derive(
            [Dividend(1, "polygon", "2020-12-09", 37.5, null, null), Dividend(2, "person", "2020-12-10", 0.375, null, null) with { IsConfirmed = true }], []);
        result.Dividends.ShouldBe([(new CashDividend(Date("2020-12-10"), 0.375, "USD"), "person")]);
        States(result).ShouldBe([ActionState.Merged, ActionState.InEffect]);
    }

    private static (DateOnly, double, double)[] ReverseSplit { get; } =
        Days(("2024-04-30", 0.12, 0.1132), ("2024-05-01", 1.70, 1.7863), ("2024-05-02", 1.78, 1.75), ("2024-05-03", 1.75, 1.8));

    private static ActionState[] States(ActionsInEffect result) => [.. result.Verdicts.OrderBy(one => one.Key).Select(one => one.Value.State)];

    private static ActionReport Split(long id, string provider, string date, double from, double to) =>
        new(id, provider, Date(date), from, to, null, null, null, null);

    private static ActionReport Dividend(long id, string provider, string date, double amount, string? record, string? pay) =>
        new(id, provider, Date(date), null, null, amount, "USD", record is null ? null : Date(record), pay is null ? null : Date(pay));

    private static IEnumerable<(DateOnly Date, double Open, double Close)> Flat(string from, string to, double price) =>
        TradingCalendar.UsEquities
            .Expected(Date(from).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), Date(to).AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), BarInterval.OneDay)
            .Select(instant => (DateOnly.FromDateTime(instant), price, price));

    private static (DateOnly, double, double)[] Days(params (string Date, double Open, double Close)[] days) =>
        [.. days.Select(day => (Date(day.Date), day.Open, day.Close))];

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
