using System.Collections.Concurrent;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>
/// From when on the key's plan serves bars, as far as answers have told, by interval and by whether they are crypto's, which has plans
/// of its own. Kept in this node's memory for a day, so that what is refused is asked for once a day and not for every symbol.
/// </summary>
internal sealed class PlanLimits(TimeProvider time)
{
    private const int MostYears = 32;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<(bool IsCrypto, BarInterval Interval), Limit> _limits = [];

    /// <summary>The refusal of a range whose start the plan is known to lack; null when the range may be asked for.</summary>
    public ProviderException? Refusal(Instrument instrument, BarInterval interval, DateTime from)
    {
        var key = Key(instrument, interval);
        if (!_limits.TryGetValue(key, out var limit))
            return null;
        if (time.GetUtcNow() < limit.Until)
            return from < limit.ServedFrom ? Refused(limit.Cause, limit.ServedFrom) : null;
        _limits.TryRemove(KeyValuePair.Create(key, limit));
        return null;
    }

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
        if (from < range.To && await Serves(from - Tolerance))
            from = await FirstServedDay(Back(refused), from - Tolerance, Serves);
        _limits[Key(instrument, interval)] = new Limit(from, time.GetUtcNow() + Kept, cause);
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

    private static (bool, BarInterval) Key(Instrument instrument, BarInterval interval) =>
        (instrument.AssetClass == AssetClass.Crypto, interval);

    private static ProviderException Refused(ProviderException cause, DateTime servedFrom) =>
        new(cause.Provider, ProviderErrorKind.PlanLimit, cause.Message, cause.Advice, cause)
        {
            StatusCode = cause.StatusCode,
            ServedFrom = servedFrom,
        };

    private sealed record Limit(DateTime ServedFrom, DateTimeOffset Until, ProviderException Cause);
}
