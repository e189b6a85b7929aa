using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>What Yahoo's <c>adjclose</c> multiplies closes by: for each later dividend 1 − dividend ÷ close before it (the CRSP method).</summary>
internal sealed class DividendAdjustment(PriceHistory history, DateOnly from, DateOnly today)
{
    private readonly List<Payout> _payouts = [.. ShareEvents.Dividends(history, from, today)];

    /// <summary>The factor of a session's close.</summary>
    public double Factor(DateOnly date)
    {
        var factor = 1.0;
        for (var i = _payouts.Count - 1; i >= 0 && _payouts[i].ExDate > date; i--)
        {
            factor *= 1 - _payouts[i].Amount / _payouts[i].PreviousClose;
        }

        return factor;
    }
}
