using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;
using Microsoft.Extensions.Caching.Memory;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Asks a provider that answers for many symbols at once along with a job's symbol for those of its run that will want the same, and keeps
/// their answers in memory until their jobs come. Each job still claims, checks, stores and reports by itself: an answer that nobody fetches,
/// since another node took the job or this one ended, costs a request and nothing else.
/// </summary>
public sealed class RunReadAhead(RunBatchReader runs) : IDisposable
{
    /// <summary>How long an answer is kept for its job.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    // Five jobs that begin at once would ask for the same symbols: the first does, the others find their answers when it has.
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly MemoryCache _answers = new(new MemoryCacheOptions());

    /// <summary>Fetches a portion of a job's candles, as <see cref="IMarketDataProvider.FetchAsync"/> does.</summary>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    internal async Task<FetchResult> FetchAsync(
        SeriesJob job, Portion portion, IMarketDataProvider provider, DateTime to, CancellationToken cancellation)
    {
        var (instrument, interval, from) = (job.Instrument, job.Interval, portion.From);
        if (provider is not IBatchProvider batch || portion is not { Backfill: null, TimesAsked: 0 })
            return await provider.FetchAsync(instrument, interval, from, to, cancellation);
        var most = (int)Math.Min(batch.MostSymbols, batch.MostBars / Math.Max(1, job.Calendar.CountExpected(from, to, interval)));
        return await TakeAsync(
            instrument,
            symbol => (provider.Name, symbol, interval, from, to),
            stop => runs.SameSeriesAsync(job.Progress.Job.JobId, instrument.Symbol, interval, most - 1, stop),
            (instruments, stop) => batch.FetchBatchAsync(
                [.. instruments.Where(other => provider.Supports(other, interval) && TradingCalendar.For(other) == job.Calendar)],
                interval, from, to, stop),
            cancellation)
            ?? await provider.FetchAsync(instrument, interval, from, to, cancellation);
    }

    /// <summary>Fetches an instrument's splits and dividends, as <see cref="IMarketDataProvider.FetchCorporateActionsAsync"/> does.</summary>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    internal async Task<CorporateActions> FetchCorporateActionsAsync(
        SeriesJob job, IMarketDataProvider provider, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        var instrument = job.Instrument;
        if (provider is not IBatchProvider batch)
            return await provider.FetchCorporateActionsAsync(instrument, from, to, cancellation);
        return await TakeAsync(
            instrument,
            symbol => (provider.Name, symbol, from, to),
            stop => runs.ActionsDueAsync(job.Progress.Job.JobId, instrument.Symbol, batch.MostSymbols - 1, stop),
            (instruments, stop) => batch.FetchBatchCorporateActionsAsync(
                [.. instruments.Where(other => provider.Supports(other, BarInterval.OneDay))], from, to, stop),
            cancellation)
            ?? await provider.FetchCorporateActionsAsync(instrument, from, to, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _oneAtATime.Dispose();
    }

    // Null when the symbol is to be asked for alone.
    private async Task<T?> TakeAsync<T>(
        Instrument instrument, Func<Symbol, object> key, Func<CancellationToken, Task<IReadOnlyList<Instrument>>> others,
        Func<IReadOnlyList<Instrument>, CancellationToken, Task<IReadOnlyDictionary<Symbol, T>>> ask, CancellationToken cancellation)
        where T : class
    {
        if (Taken<T>(key(instrument.Symbol)) is { } early)
            return early;
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            if (Taken<T>(key(instrument.Symbol)) is { } meanwhile)
                return meanwhile;
            if (await others(cancellation) is not { Count: > 0 } fellows)
                return null;
            var answers = await ask([instrument, .. fellows], cancellation);
            foreach (var (symbol, answer) in answers)
                _answers.Set(key(symbol), answer, Kept);
            return Taken<T>(key(instrument.Symbol));
        }
        // What is wrong may be one symbol's of all that were asked for.
        catch (ProviderException e) when (e is { IsTransient: false, Kind: ProviderErrorKind.Refused or ProviderErrorKind.UnknownSymbol })
        {
            return null;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private T? Taken<T>(object key)
        where T : class
    {
        if (!_answers.TryGetValue(key, out T? answer))
            return null;
        _answers.Remove(key);
        return answer;
    }
}
