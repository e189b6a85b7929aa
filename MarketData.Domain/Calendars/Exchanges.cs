namespace MarketData.Domain.Calendars;

/// <summary>The exchanges whose calendars are known.</summary>
internal static class Exchanges
{
    public static IEnumerable<Exchange> Create()
    {
        yield return new Exchange
        {
            Mic = Exchange.AroundTheClock,
            Name = "Crypto",
            Zone = "UTC",
            Currency = "USD",
            PriceUnit = "USD",
            Calendar = TradingCalendar.AroundTheClock,
        };
        yield return new Exchange
        {
            Mic = "XNYS",
            Name = "New York",
            Zone = "America/New_York",
            Currency = "USD",
            PriceUnit = "USD",
            Calendar = TradingCalendar.UsEquities,
        };
    }
}
