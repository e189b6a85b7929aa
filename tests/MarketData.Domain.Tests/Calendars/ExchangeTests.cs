using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Calendars;

public sealed class ExchangeTests
{
    [Theory]
    [InlineData("EZJ.L", AssetClass.Stock, "XLON")]
    [InlineData("SAP.DE", AssetClass.Stock, "XETR")]
    [InlineData("0700.HK", AssetClass.Stock, "XHKG")]
    [InlineData("7203.T", AssetClass.Stock, "XTKS")]
    [InlineData("600519.SS", AssetClass.Stock, "XSHG")]
    [InlineData("000001.SZ", AssetClass.Stock, "XSHG")]
    [InlineData("RELIANCE.NS", AssetClass.Stock, "XNSE")]
    [InlineData("NOVO-B.CO", AssetClass.Stock, "XCSE")]
    [InlineData("AAPL", AssetClass.Stock, "XNYS")]
    [InlineData("BRK.B", AssetClass.Stock, "XNYS")]
    [InlineData("SPY", AssetClass.Etf, "XNYS")]
    [InlineData("^GSPC", AssetClass.Index, "XNYS")]
    [InlineData("^GSPC", AssetClass.Stock, "XNYS")]
    [InlineData("^HSI", AssetClass.Index, "XHKG")]
    [InlineData("^STOXX50E", AssetClass.Index, "XETR")]
    [InlineData("000001.SS", AssetClass.Index, "XSHG")]
    [InlineData("EURUSD=X", AssetClass.Fx, "24/5")]
    [InlineData("BTC-USD", AssetClass.Crypto, "24/7")]
    public void A_symbol_names_its_exchange(string symbol, AssetClass assetClass, string mic)
    {
        Exchange.TryOf(Symbol.Parse(symbol), assetClass, out var exchange).ShouldBeTrue();
        exchange.Mic.ShouldBe(mic);
        TradingCalendar.For(new Instrument(Symbol.Parse(symbol), assetClass)).ShouldBeSameAs(exchange.Calendar);
    }

    [Fact]
    public void An_index_that_is_not_known_names_no_exchange_and_is_planned_by_New_York()
    {
        Exchange.TryOf(Symbol.Parse("^NOSUCH"), AssetClass.Index, out _).ShouldBeFalse();
        TradingCalendar.For(new Instrument(Symbol.Parse("^NOSUCH"), AssetClass.Index)).ShouldBeSameAs(TradingCalendar.UsEquities);
    }

    [Theory]
    [InlineData("XLON", "Europe/London", "GBP", "GBp")]
    [InlineData("xhkg", "Asia/Hong_Kong", "HKD", "HKD")]
    [InlineData("24/5", "Europe/London", "USD", "USD")]
    public void An_exchange_has_its_clock_and_its_money(string mic, string zone, string currency, string unit)
    {
        Exchange.TryFind(mic, out var exchange).ShouldBeTrue();
        (exchange.Zone, exchange.Currency, exchange.PriceUnit).ShouldBe((zone, currency, unit));
    }

    [Fact]
    public void Every_exchange_has_sessions_and_tells_how_far_its_holidays_are_known()
    {
        foreach (var exchange in Exchange.All)
        {
            exchange.Name.ShouldNotBeEmpty();
            exchange.Calendar.CountExpected(Utc("2025-01-01"), Utc("2026-01-01"), BarInterval.OneDay).ShouldBeInRange(230, 365, exchange.Mic);
            exchange.Calendar.HolidaysKnownFrom.Year.ShouldBeLessThanOrEqualTo(2000, exchange.Mic);
            exchange.Calendar.HolidaysKnownThrough.Year.ShouldBeGreaterThanOrEqualTo(2026, exchange.Mic);
        }

        Exchange.TryFind("XXXX", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("XLON", "2022-12-27")] // Christmas, on a Sunday, made up for
    [InlineData("XLON", "2020-05-08")] // the May bank holiday, moved
    [InlineData("XLON", "2022-09-19")] // funeral of Elizabeth II
    [InlineData("XETR", "2017-10-31")]
    [InlineData("XPAR", "2001-12-31")] // until the euro's coins
    [InlineData("XAMS", "2001-04-30")]
    [InlineData("XLIS", "2002-12-24")]
    [InlineData("XMAD", "2021-12-24")]
    [InlineData("XSTO", "2024-06-21")] // Midsummer Eve
    [InlineData("XCSE", "2023-05-05")] // General Prayer Day, for the last time
    [InlineData("XOSL", "2024-05-17")]
    [InlineData("XSWX", "2024-08-01")]
    [InlineData("XTKS", "2009-09-22")] // between two holidays
    [InlineData("XTKS", "2015-05-06")] // three holidays after a Sunday
    [InlineData("XTKS", "2020-10-01")] // breakdown of the systems
    [InlineData("XHKG", "2023-07-17")] // a typhoon
    [InlineData("XHKG", "2021-04-06")] // tomb sweeping, on a Sunday before Easter Monday
    [InlineData("XASX", "2022-09-22")]
    [InlineData("XBOM", "2024-11-01")] // Diwali
    [InlineData("XKRX", "2025-10-08")] // Chuseok, made up for
    [InlineData("XKRX", "2025-06-03")] // an election
    [InlineData("XTAI", "2024-07-24")] // a typhoon
    [InlineData("XSES", "2024-10-31")] // Deepavali
    [InlineData("XTSE", "2001-09-12")]
    [InlineData("24/5", "2024-05-04")] // a Saturday
    public void An_exchange_is_closed_on(string mic, string date) => Calendar(mic).IsExpected(Utc(date), BarInterval.OneDay).ShouldBeFalse();

    [Theory]
    [InlineData("XLON", "2020-05-04")]
    [InlineData("XCSE", "2024-04-26")] // General Prayer Day, abolished
    [InlineData("XPAR", "2003-07-14")]
    [InlineData("XETR", "2022-10-03")]
    [InlineData("XBOM", "2024-01-20")] // a Saturday
    [InlineData("XKRX", "2009-07-17")]
    [InlineData("XASX", "2021-04-26")] // Anzac Day on a Sunday
    [InlineData("24/5", "2024-12-25")]
    public void An_exchange_is_open_on(string mic, string date) => Calendar(mic).IsExpected(Utc(date), BarInterval.OneDay).ShouldBeTrue();

    [Theory]
    [InlineData("XLON", "2024-12-24", "08:00", "12:30")]
    [InlineData("XETR", "2022-12-30", "08:00", "13:00")]
    [InlineData("XPAR", "2024-12-31", "08:00", "13:05")]
    [InlineData("XASX", "2024-12-24", "23:00", "03:10")] // opens on UTC's day before
    [InlineData("XTKS", "2024-11-01", "00:00", "06:00")]
    [InlineData("XTKS", "2024-11-05", "00:00", "06:30")]
    [InlineData("XHKG", "2011-03-04", "02:00", "08:00")]
    [InlineData("XHKG", "2011-03-07", "01:30", "08:00")]
    [InlineData("XHKG", "2024-02-09", "01:30", "04:00")]
    [InlineData("XKRX", "2025-11-13", "01:00", "07:30")] // university entrance examination
    [InlineData("XKRX", "2025-01-02", "01:00", "06:30")]
    [InlineData("XNYS", "2002-09-11", "15:00", "20:00")]
    [InlineData("XNYS", "2001-09-17", "13:33", "20:00")]
    [InlineData("XNYS", "2005-06-01", "13:30", "19:56")]
    [InlineData("XNYS", "1999-12-31", "14:30", "18:00")]
    [InlineData("24/5", "2024-07-15", "21:00", "21:00")]
    [InlineData("24/5", "2024-01-15", "22:00", "22:00")]
    public void A_session_opens_and_closes_at(string mic, string date, string open, string close)
    {
        Calendar(mic).TryGetSession(DateOnly.Parse(date, CultureInfo.InvariantCulture), out var session).ShouldBeTrue();
        (Time(session.Open), Time(session.Close)).ShouldBe((open, close));
    }

    [Theory]
    [InlineData("2002-09-11", BarInterval.OneHour, "14:30 15:30 16:30 17:30 18:30 19:30")]
    [InlineData("2002-09-11", BarInterval.FourHours, "13:30 17:30")]
    [InlineData("2002-09-11", BarInterval.ThirtyMinutes, "15:00 15:30 16:00 16:30 17:00 17:30 18:00 18:30 19:00 19:30")]
    [InlineData("2003-03-20", BarInterval.OneHour, "14:30 15:30 16:30 17:30 18:30 19:30 20:30")]
    public void After_a_late_opening_the_bar_that_holds_it_is_a_part_of_one(string date, BarInterval interval, string bars)
    {
        var instants = Calendar("XNYS").Expected(Utc(date), Utc(date).AddDays(1), interval).ToList();
        instants.Select(Time).ShouldBe(bars.Split(' '));
        instants.ShouldAllBe(instant => Calendar("XNYS").IsExpected(instant, interval));
        Calendar("XNYS").IsExpected(instants[0] - interval.Length(), interval).ShouldBeFalse();
    }

    [Theory]
    [InlineData("XTKS", "2024-06-03", BarInterval.OneHour, "00:00 01:00 02:00 03:30 04:30 05:30")]
    [InlineData("XTKS", "2024-06-03", BarInterval.FourHours, "00:00 03:30")]
    [InlineData("XHKG", "2024-06-03", BarInterval.OneHour, "01:30 02:30 03:30 05:00 06:00 07:00")]
    [InlineData("XHKG", "2024-12-24", BarInterval.OneHour, "01:30 02:30 03:30")]
    public void Intraday_bars_begin_again_after_the_lunch_break(string mic, string date, BarInterval interval, string bars)
    {
        var instants = Calendar(mic).Expected(Utc(date), Utc(date).AddDays(1), interval).ToList();
        instants.Select(Time).ShouldBe(bars.Split(' '));
        instants.ShouldAllBe(instant => Calendar(mic).CloseOf(instant, interval) <= Calendar(mic).CloseOf(Utc(date), BarInterval.OneDay));
    }

    [Fact]
    public void A_bar_ends_with_the_lunch_break()
    {
        Calendar("XTKS").CloseOf(Utc("2024-06-03T02:00"), BarInterval.OneHour).ShouldBe(Utc("2024-06-03T02:30"));
        Calendar("XTKS").IsOpen(Utc("2024-06-03T03:00")).ShouldBeFalse();
        Calendar("XTKS").IsExpected(Utc("2024-06-03T03:00"), BarInterval.OneHour).ShouldBeFalse();
    }

    [Fact]
    public void A_session_over_midnight_UTC_is_of_its_own_date()
    {
        var sydney = Calendar("XASX");
        sydney.DateOf(Utc("2024-01-14T23:00"), BarInterval.OneHour).ShouldBe(new DateOnly(2024, 1, 15));
        sydney.DateOf(Utc("2024-01-15T04:00"), BarInterval.OneHour).ShouldBe(new DateOnly(2024, 1, 15));
        sydney.SessionsBack(Utc("2024-01-15T23:00"), 1).ShouldBe(Utc("2024-01-14T23:00"));
        sydney.Previous(Utc("2024-01-14T23:00"), BarInterval.OneHour).ShouldBe(Utc("2024-01-12T04:00"));
    }

    [Fact]
    public void Currency_pairs_trade_from_Sunday_to_Friday_evening_in_New_York()
    {
        var pairs = Calendar("24/5");
        pairs.IsOpen(Utc("2024-07-14T20:59")).ShouldBeFalse();
        pairs.IsOpen(Utc("2024-07-14T21:00")).ShouldBeTrue();
        pairs.IsOpen(Utc("2024-07-19T20:59")).ShouldBeTrue();
        pairs.IsOpen(Utc("2024-07-19T21:00")).ShouldBeFalse();
        pairs.Next(Utc("2024-07-19T20:00"), BarInterval.OneHour).ShouldBe(Utc("2024-07-21T21:00"));
        pairs.CountExpected(Utc("2024-07-14"), Utc("2024-07-21"), BarInterval.OneHour).ShouldBe(120);
        pairs.Expected(Utc("2024-07-12"), Utc("2024-07-17"), BarInterval.OneDay)
            .ShouldBe([Utc("2024-07-12"), Utc("2024-07-15"), Utc("2024-07-16")]);
    }

    [Fact]
    public void An_exchange_knows_its_date_at_an_instant()
    {
        Exchange.TryFind("XHKG", out var hongKong).ShouldBeTrue();
        hongKong.DateAt(Utc("2024-06-03T01:30")).ShouldBe(new DateOnly(2024, 6, 3));
        Exchange.TryFind("24/5", out var pairs).ShouldBeTrue();
        pairs.DateAt(Utc("2024-06-02T23:00")).ShouldBe(new DateOnly(2024, 6, 3));
        pairs.IsDayStart(Utc("2024-06-02T23:00")).ShouldBeTrue();
        pairs.IsDayStart(Utc("2024-06-03T15:32")).ShouldBeFalse();
    }

    private static TradingCalendar Calendar(string mic) =>
        Exchange.TryFind(mic, out var exchange) ? exchange.Calendar : throw new ArgumentException(mic);

    private static string Time(DateTime instant) => instant.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
