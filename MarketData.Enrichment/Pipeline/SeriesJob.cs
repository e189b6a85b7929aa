using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>One interval of a job's symbol while it is worked on.</summary>
/// <param name="progress">The job.</param>
/// <param name="interval">The interval.</param>
/// <param name="now">When the work on it began, UTC: what had not closed by then is left for the next run.</param>
internal sealed class SeriesJob(JobProgress progress, BarInterval interval, DateTime now)
{
    public JobProgress Progress { get; } = progress;

    public Instrument Instrument => Progress.Instrument;

    public BarInterval Interval { get; } = interval;

    /// <summary>Whether there can be splits and dividends.</summary>
    public bool HasActions => Instrument.AssetClass != AssetClass.Crypto;

    /// <summary>Whether its candles are built of the symbol's stored days, and no provider is asked.</summary>
    public bool IsBuilt => Interval.IsBuiltOfDays(Instrument.AssetClass);

    public TradingCalendar Calendar { get; } = TradingCalendar.For(progress.Instrument.AssetClass);

    public DateTime Now { get; } = now;

    /// <summary>
    /// The end of what can be stored: just after the opening of the last candle that has closed, by the least that the database tells apart.
    /// </summary>
    public DateTime End { get; } = TradingCalendar.For(progress.Instrument.AssetClass).LastClosed(now, interval).AddMicroseconds(1);

    /// <summary>What is stored, as of the last portion.</summary>
    public SeriesState State { get; set; } = new();

    /// <summary>Whether everything up to <see cref="End"/> was fetched within this job: by its own backfill, say.</summary>
    public bool IsUpToDate { get; set; }

    /// <summary>
    /// What could not be had for now: a provider that comes first and whose fallback was asked, or a part of an answer. While the job has
    /// attempts left it is tried again for that.
    /// </summary>
    public List<ProviderException> Missed { get; } = [];

    /// <summary>Whether what failed so far is left for the next run.</summary>
    public bool IsLastAttempt => Progress.Job.Attempt >= Progress.Job.MaxAttempts;

    /// <summary>Whether the job is tried again for what could not be had so far.</summary>
    public bool IsTriedAgain => Missed.Count > 0 && !IsLastAttempt;
}
