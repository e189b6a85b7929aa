using System.Globalization;
using System.Text.RegularExpressions;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>The parameters that Binance's market data calls share, checked in Binance's order and with its errors.</summary>
/// <param name="History">The pair's history.</param>
/// <param name="Symbol">The pair as asked for.</param>
/// <param name="Length">The interval's or period's length, milliseconds; 0 where the call has none.</param>
/// <param name="Start">From when, Unix milliseconds; null when not sent.</param>
/// <param name="End">Until when, Unix milliseconds; null when not sent.</param>
/// <param name="Limit">The most rows to answer.</param>
internal sealed partial record BinanceQuery(PriceHistory History, string Symbol, long Length, long? Start, long? End, int Limit)
{
    private const long LatestInstant = 253_402_300_799_999;

    /// <summary>Reads a request, or answers it with Binance's error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="provider">Spot or futures.</param>
    /// <param name="intervalName">The parameter that holds the interval: <c>interval</c>, <c>period</c>, or none.</param>
    /// <param name="defaultLimit">Rows when no limit is sent.</param>
    /// <param name="maxLimit">Rows at most.</param>
    /// <returns>The query; null when the error has been answered.</returns>
    public static async Task<BinanceQuery?> ReadAsync(HttpContext context, Provider provider, string? intervalName, int defaultLimit, int maxLimit)
    {
        var query = context.Request.Query;
        var symbol = query["symbol"].ToString();
        var refusal = symbol.Length == 0 ? BinanceErrors.Missing(context, "symbol")
            : !WellFormed().IsMatch(symbol) ? BinanceErrors.IllegalCharacters(context, "symbol", "^[A-Z0-9-_.]{1,20}$")
            : null;
        if (refusal is not null)
        {
            await refusal;
            return null;
        }

        var market = context.RequestServices.GetRequiredService<SimulatedMarket>();
        if (!market.TryFind(provider, symbol, out var history))
        {
            await BinanceErrors.InvalidSymbol(context);
            return null;
        }

        long length = 0;
        if (intervalName is not null)
        {
            var text = query[intervalName].ToString();
            if (text.Length == 0 || KlineIntervals.Length(text) is not { } known)
            {
                await (text.Length == 0 ? BinanceErrors.Missing(context, intervalName) : BinanceErrors.InvalidInterval(context));
                return null;
            }

            length = known;
        }

        var numbers = new long?[3];
        foreach (var (index, name) in new[] { (0, "startTime"), (1, "endTime"), (2, "limit") })
        {
            if (query[name].ToString() is not { Length: > 0 } text)
            {
                continue;
            }

            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > LatestInstant)
            {
                await BinanceErrors.IllegalCharacters(context, name, "^[0-9]{1,20}$");
                return null;
            }

            numbers[index] = number;
        }

        if (numbers[2] == 0)
        {
            await BinanceErrors.InvalidData(context, "limit");
            return null;
        }

        return new BinanceQuery(history, symbol, length, numbers[0], numbers[1], (int)Math.Min(numbers[2] ?? defaultLimit, maxLimit));
    }

    [GeneratedRegex("^[A-Z0-9-_.]{1,20}$")]
    private static partial Regex WellFormed();
}
