using System.Collections.Concurrent;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>
/// From when on the key's plan serves bars: as far as the settings name it, and as far as answers have told, by interval and by whether they
/// are crypto's, which has plans of its own. What was told is kept in this node's memory for a day, so that what is refused is asked for once
/// a day and not for every symbol.
/// </summary>
internal sealed class PlanLimits(PolygonPlan? plan, TimeProvider time)
{
    private const int MostYears = 32;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<(bool IsCrypto, BarInterval Interval, Symbol? Symbol), Limit> _limits = [];

    // The symbol that was refused last, of all that was asked for, while no other was served since.
    private readonly ConcurrentDictionary<(bool IsCrypto, BarInterval Interval), Symbol> _refused = [];

    /// <summary>The refusal of a range whose start the plan is known to lack; null when the range may be asked for.</summary>
    public ProviderException? Refusal(Instrument instrument, BarInterval interval, DateTime from)
    {
        if (Years(instrument) is { } years && time.GetUtcNow().UtcDateTime.Date.AddYears(-years).AddDays(1) is var begin && from < begin)
        {
            return new ProviderException(
                PolygonProvider.ProviderName, ProviderErrorKind.PlanLimit,
                $"gives {years} years of history in the plan {plan}, which Providers:Polygon:Plan names.", ProviderClient.PlanAdvice)
            { ServedFrom = begin };
        }

        foreach (var symbol in (Symbol?[])[null, instrument.Symbol])
        {
            if (_limits.TryGetValue((IsCrypto(instrument), interval, symbol), out var limit)
                && time.GetUtcNow() < limit.Until && from < limit.ServedFrom)
                return Refused(limit.Cause, limit.ServedFrom);
        }

        return null;
    }

    /// <summary>Notes that the plan serves bars of the interval.</summary>
    public void NoteServed(Instrument instrument, BarInterval interval) => _refused.TryRemove((IsCrypto(instrument), interval), out _);

    /// <summary>
    /// Finds out from when on the plan serves, after it refused a range: by requests for a few days each, of which plans that reach
    /// back a number of whole years take half a dozen.
    /// </summary>
    /// <param name="instrument">What was asked for.</param>
    /// <param name="interval">The bars' interval.</param>
    /// <param name="range">What was refused.</param>
    /// <param name="cause">The refusal.</param>
    /// <param name="isServed">Whether the plan serves a few days from an instant on.</param>
    /// <returns>The refusal, with the instant from which on the plan serves, at the latest the range's end.</returns>
    public async Task<ProviderException> LearnAsync(
        Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, ProviderException cause,
        Func<DateTime, Task<bool>> isServed)
    {
        // What is later than the range may be served for all that was asked.
        async Task<bool> Serves(DateTime from) => from > range.From && (from >= range.To || await isServed(from));
        var today = time.GetUtcNow().UtcDateTime.Date;
        var (served, refused) = (0, 1);
        while (refused <= MostYears && await Serves(Back(refused)))
            (served, refused) = (refused, refused * 2);
        while (refused - served > 1)
        {
            var middle = (served + refused) / 2;
            (served, refused) = await Serves(Back(middle)) ? (middle, refused) : (served, middle);
        }

        var from = served > 0 && Back(served) < range.To ? Back(served) : range.To;
        // The days between two years are looked at only when it is none of the two.
        if ((served == 0 || from < range.To) && await Serves(from.Date - Tolerance))
            from = await FirstServedDay(Back(refused), from.Date - Tolerance, Serves);
        // Of a symbol that is refused up to the present nothing follows for others, until the next one is, too.
        var isOfAll = from < range.To || range.To <= Back(1)
            || cause.Message.Contains("timeframe", StringComparison.OrdinalIgnoreCase)
            || (_refused.TryGetValue((IsCrypto(instrument), interval), out var other) && other != instrument.Symbol);
        if (!isOfAll)
            _refused[(IsCrypto(instrument), interval)] = instrument.Symbol;
        var key = (IsCrypto(instrument), interval, isOfAll ? (Symbol?)null : instrument.Symbol);
        _limits[key] = new Limit(from, time.GetUtcNow() + Kept, cause);
        return Refused(cause, from);

        // A day less, so that the first day of a plan that moves on with the clock is not asked for.
        DateTime Back(int years) => today.AddYears(-years).AddDays(1);
    }

    private static async Task<DateTime> FirstServedDay(DateTime refused, DateTime served, Func<DateTime, Task<bool>> serves)
    {
        while ((served - refused).Days > 1)
        {
            var middle = refused.AddDays((served - refused).Days / 2);
            (refused, served) = await serves(middle) ? (refused, middle) : (middle, served);
        }

        return served;
    }

    // What one pays for stocks says nothing of coins, but that who pays nothing pays nothing for them either.
    private int? Years(Instrument instrument) => plan switch
    {
        PolygonPlan.Free => 2,
        PolygonPlan.Starter when !IsCrypto(instrument) => 5,
        PolygonPlan.Developer when !IsCrypto(instrument) => 10,
        _ => null,
    };

    private static bool IsCrypto(Instrument instrument) => instrument.AssetClass == AssetClass.Crypto;

    private static ProviderException Refused(ProviderException cause, DateTime servedFrom) =>
        new(cause.Provider, ProviderErrorKind.PlanLimit, cause.Message, cause.Advice, cause)
        {
            StatusCode = cause.StatusCode,
            ServedFrom = servedFrom,
        };

    private sealed record Limit(DateTime ServedFrom, DateTimeOffset Until, ProviderException Cause);
}
