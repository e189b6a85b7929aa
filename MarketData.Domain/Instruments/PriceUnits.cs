using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>Units that prices are told in where they are not whole currencies.</summary>
public static class PriceUnits
{
    /// <summary>The currency of a unit, ISO 4217: <c>GBP</c> of <c>GBp</c> and <c>GBX</c>; most units are their own.</summary>
    public static string CurrencyOf(string unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return Normalize(unit) switch
        {
            "GBp" => "GBP",
            "ZAc" => "ZAR",
            "ILA" => "ILS",
            var currency => currency,
        };
    }

    /// <summary>How many of a unit make up one of its currency: 100 <c>GBp</c> are a pound.</summary>
    public static double PerCurrency(string unit) => Normalize(unit) is "GBp" or "ZAc" or "ILA" ? 100 : 1;

    /// <summary>
    /// What prices are in by the instrument's name: a pair's second currency, for an index the currency of its exchange, for a share what is
    /// usual there.
    /// </summary>
    public static string ByName(Instrument instrument, Exchange exchange)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        var name = instrument.Symbol.Value;
        return exchange.Mic switch
        {
            // EURUSD=X, and JPY=X for dollars in yen.
            Exchange.CurrencyMarket when name.EndsWith("=X", StringComparison.Ordinal) && name.Length is 5 or 8 => name[^5..^2],
            Exchange.AroundTheClock when name.LastIndexOf('-') is > 0 and var dash => name[(dash + 1)..],
            _ => name.StartsWith('^') ? exchange.Currency : exchange.PriceUnit,
        };
    }

    /// <summary>One spelling of each unit: <c>GBp</c> for <c>GBX</c> and <c>GBpence</c>.</summary>
    public static string Normalize(string unit) => unit switch
    {
        "GBX" or "GBx" or "GBpence" => "GBp",
        "ZAC" => "ZAc",
        _ => unit,
    };
}
