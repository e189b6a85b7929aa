using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>One interval of a job's symbol while it is worked on.</summary>
/// <param name="progress">The job.</param>
/// <param name="interval">The interval.</param>
/// <param name="now">When the work on it began, UTC: what had not closed by then is left for the next run.</param>
internal sealed class SeriesJob(JobProgress progress, BarInterval interval, DateTime now)
{
    private const string OutOfSession = "out_of_session";
    private readonly List<ProviderException> _missed = [];

    public JobProgress Progress { get; } = progress;

    public Instrument Instrument => Progress.Instrument;

    public BarInterval Interval { get; } = interval;

    /// <summary>The import that is stored or undone; null where providers are asked.</summary>
    public string? Import => Progress.Job.ImportName;

    /// <summary>Whether there can be splits and dividends.</summary>
    public bool HasActions => Instrument.AssetClass is AssetClass.Stock or AssetClass.Etf;

    /// <summary>Whether its candles are built of the symbol's stored days, and no provider is asked.</summary>
    public bool IsBuilt => Interval.IsBuiltOfDays(Instrument.AssetClass);

    public TradingCalendar Calendar { get; } = TradingCalendar.For(progress.Instrument);

    public DateTime Now { get; } = now;

    /// <summary>
    /// The end of what can be stored: just after the opening of the last candle that has closed, by the least that the database tells apart.
    /// </summary>
    public DateTime End { get; } = TradingCalendar.For(progress.Instrument).LastClosed(now, interval).AddMicroseconds(1);

    /// <summary>The instants, UTC, at which a provider's name for the instrument changes, ascending.</summary>
    public IReadOnlyList<DateTime> TickerChanges { get; set; } = [];

    /// <summary>
    /// Before this instant, UTC, there can be no candle, by the day that a provider says was the instrument's first; null where none
    /// does. Of crypto none can: a provider tells when its own history begins.
    /// </summary>
    public DateTime? ListedFrom { get; private set; }

    /// <summary>Where its history begins, UTC, where a person cut it: nothing of before is asked for.</summary>
    public DateTime? HistoryFrom { get; set; }

    /// <summary>What is stored, as of the last portion.</summary>
    public SeriesState State { get; set; } = new();

    /// <summary>Whether everything up to <see cref="End"/> was fetched within this job: by its own backfill, say.</summary>
    public bool IsUpToDate { get; set; }

    /// <summary>Whether nothing of the range that was asked for can exist: no candle of it has closed, or none is kept.</summary>
    public bool IsRangeEmpty { get; set; }

    /// <summary>Whether a provider had anything of what was asked for.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Whether anything of what was asked for is a candle.</summary>
    public bool HasCandles { get; private set; }

    /// <summary>The bars among what was asked for that are no candles, by what is wrong with them, and how many.</summary>
    public Dictionary<string, int> Refused { get; } = [];

    /// <summary>Whether every provider says that it does not know the symbol.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>What each provider that was asked answered last: null for candles or nothing, else why not.</summary>
    public Dictionary<string, ProviderException?> Replies { get; } = [];

    /// <summary>What each of them said, a sentence each.</summary>
    public IEnumerable<string> Said => Replies.Select(reply => $"{reply.Key}: {reply.Value?.Message ?? "has nothing more."}");

    /// <summary>
    /// What could not be had for now: a provider that comes first and whose fallback was asked, or a part of an answer. While the job has
    /// attempts left it is tried again for that.
    /// </summary>
    public IReadOnlyList<ProviderException> Missed => _missed;

    /// <summary>Notes what could not be had. A provider that a person has shut off is not waited for where another has served.</summary>
    public void Miss(IEnumerable<ProviderException> failures) => _missed.AddRange(failures.Where(failure => !failure.IsShutOff));

    /// <summary>Notes what providers answered.</summary>
    public void Hear(ChainResult answer)
    {
        HasHeard |= answer.Result.HasAny;
        foreach (var failure in answer.Failures)
            Replies[failure.Provider] = failure;
        foreach (var provider in answer.Empty.Append(answer.Result.Provider).Except(answer.Failures.Select(failure => failure.Provider)))
            Replies[provider] = null;
    }

    /// <summary>Notes what validation made of an answer.</summary>
    public void Hear(CheckedAnswer answer, int outOfSession)
    {
        HasCandles |= answer.Kept > 0;
        foreach (var (reason, count) in answer.Rejected.CountBy(bar => bar.Reason))
            Refused[reason] = Refused.GetValueOrDefault(reason) + count;
        if (outOfSession > 0)
            Refused[OutOfSession] = Refused.GetValueOrDefault(OutOfSession) + outOfSession;
    }

    /// <summary>Takes from the record when the instrument was first traded.</summary>
    public void NoteListing(DateOnly? firstTraded)
    {
        ListedFrom = HistoryLimits.ListedFrom(Instrument, Interval, firstTraded);
    }

    /// <summary>Notes that no provider knows the symbol.</summary>
    public void HearUnknown(ProviderChainException refusals)
    {
        IsUnknown = true;
        foreach (var failure in refusals.Failures)
            Replies[failure.Provider] = failure;
    }

    /// <summary>Whether what failed so far is left for the next run.</summary>
    public bool IsLastAttempt => Progress.Job.Attempt >= Progress.Job.MaxAttempts;

    /// <summary>Whether the job is tried again for what could not be had so far.</summary>
    public bool IsTriedAgain => Missed.Count > 0 && !IsLastAttempt;
}
