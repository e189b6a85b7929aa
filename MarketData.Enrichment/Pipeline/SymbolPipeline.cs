using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Enriches one interval of one symbol: fetch → validate → compute → score → store, portion by portion.
/// A portion is stored in one transaction, candles with their scores, gaps, log lines and the checkpoint of their features, or not at all.
/// Weeks that are built of days begin with these in the place of an answer.
/// </summary>
public sealed partial class SymbolPipeline(
    SeriesPlanner planner,
    CandleSource source,
    CrossCheck crossCheck,
    WeekBuilder weeks,
    InstrumentRefresh instruments,
    CorporateActionRefresh corporateActions,
    CorporateActionStore actions,
    CorporateActionReader factors,
    FeatureComputer features,
    SeriesReader series,
    WindowReader windows,
    OlderVerdicts older,
    SeriesWriter writer,
    OutcomeCheck outcome,
    ImportSource imports,
    SymbolStatusStore status,
    EnrichmentMetrics metrics,
    IOptions<QualityOptions> quality,
    IOptions<ImportOptions> importing,
    TimeProvider time,
    ILogger<SymbolPipeline> log)
{
    private const int MostFlaws = 10;

    // Of earlier years not every session is known.
    private static readonly DateTime SessionsKnownFrom = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Enriches one interval of a job's symbol; returns when everything is stored.</summary>
    /// <exception cref="ProviderChainException">
    /// No provider answered, and what was stored before stays; or a fallback's answer was stored, and the first provider is asked again.
    /// </exception>
    /// <exception cref="NothingFoundException">The providers answered, and there is nothing, or the symbol is no longer known.</exception>
    /// <exception cref="LeaseLostException">The job is another node's by now; nothing more was stored.</exception>
    public async Task EnrichAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var now = time.GetUtcNow().UtcDateTime;
        var job = new SeriesJob(progress, interval, now);
        if (job.Import is { } import)
            await ImportAsync(job, import, cancellation);
        if (job.IsBuilt)
            await BuildAsync(job, cancellation);
        else if (job.Import is null)
            await FetchAsync(job, cancellation);
        await progress.StepAsync(EnrichmentStep.Compute, interval, stop => features.CatchUpAsync(job, stop), cancellation);
        if (!job.IsBuilt && job.Import is null)
            await outcome.CheckAsync(job, cancellation);
        await status.StoredAsync(progress.Instrument.Symbol, quality.Value.Thresholds, time.GetUtcNow().UtcDateTime, cancellation);
        if (job.IsTriedAgain)
            throw new ProviderChainException(job.Instrument, interval, job.Missed) { HasFallback = true };
    }

    private async Task FetchAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (progress, interval) = (job.Progress, job.Interval);
        await instruments.RefreshAsync(job, cancellation);
        await RefreshActionsAsync(job, cancellation);
        try
        {
            await foreach (var portion in planner.PlanAsync(job, cancellation))
                await FetchAndStoreAsync(job, portion, cancellation);
        }
        catch (ProviderChainException e) when (e.IsUnknownSymbol)
        {
            job.HearUnknown(e);
        }

        await JudgeAgainAsync(job, cancellation);
        // Jumps were judged by the splits as they were told; now that their prices are stored, some belong to other days.
        if (await corporateActions.JudgeAsync(job, cancellation))
            await ScoreSplitsAgainAsync(job, DateTime.UnixEpoch, cancellation);
    }

    // In two parts where the plan of the provider that comes first serves the second alone.
    private async Task FetchAndStoreAsync(SeriesJob job, Portion portion, CancellationToken cancellation)
    {
        for (var from = portion.From; from < portion.To;)
        {
            var part = portion with { From = from };
            var answer = await job.Progress.StepAsync(
                EnrichmentStep.Fetch, job.Interval, stop => source.FetchAsync(job, part, stop), cancellation);
            if (answer is null)
            {
                await PostponeAsync(job, part, cancellation);
                return;
            }

            if (answer.AnsweredTo < End(job, portion))
                part = part with { To = answer.AnsweredTo };
            if (portion.TimesAsked == 0)
                job.Hear(answer);
            await StoreAnswerAsync(job, part, answer, cancellation);
            from = part.To;
        }
    }

    private async Task StoreAnswerAsync(SeriesJob job, Portion portion, ChainResult answer, CancellationToken cancellation)
    {
        var (progress, interval) = (job.Progress, job.Interval);
        if (answer.IsProvisional)
            job.Miss(answer.Failures);
        await instruments.ConfirmAsync(job, answer.Result, cancellation);
        await corporateActions.ReportAsync(job, answer.Result, cancellation);
        var valid = await progress.StepAsync(
            EnrichmentStep.Validate, interval, stop => ValidateAsync(job, portion, answer, stop), cancellation);
        if (portion.TimesAsked == 0)
            job.Hear(valid, answer.Result.OutOfSession);
        if (LooksSplit(job, portion, valid))
            valid = await progress.StepAsync(EnrichmentStep.Fetch, interval, stop => AskForSplitsAsync(job, valid, stop), cancellation);
        var computed = await progress.StepAsync(
            EnrichmentStep.Compute, interval, stop => features.ComputeAsync(job, valid, stop), cancellation);
        var scored = await progress.StepAsync(EnrichmentStep.Score, interval, () => Score(job, portion, valid), cancellation);
        var write = Fetched(Combine(job, portion, valid, computed, scored), job, portion, answer);
        await progress.StepAsync(EnrichmentStep.Store, interval, stop => StoreAsync(job, write, stop), cancellation);
        job.IsUpToDate |= portion.To >= job.End;
    }

    // No provider is asked, not even for a split that would explain a jump.
    private async Task ImportAsync(SeriesJob job, string import, CancellationToken cancellation)
    {
        job.State = await series.StateAsync(job.Instrument, job.Interval, cancellation);
        if (await imports.IsUndoneAsync(import, cancellation))
            await UndoAsync(job, import, cancellation);
        else if (!job.IsBuilt)
            await StoreImportAsync(job, import, cancellation);
        if (job.HasActions && await corporateActions.JudgeAsync(job, cancellation))
            await ScoreSplitsAgainAsync(job, DateTime.UnixEpoch, cancellation);
    }

    private async Task StoreImportAsync(SeriesJob job, string import, CancellationToken cancellation)
    {
        var (progress, interval) = (job.Progress, job.Interval);
        await planner.BeginHistoryAsync(job, cancellation);
        foreach (var part in await imports.PartsAsync(job, import, cancellation))
        {
            var answer = await progress.StepAsync(EnrichmentStep.Fetch, interval, stop => imports.ReadAsync(job, import, part, stop), cancellation);
            var portion = new Portion(answer.Result.CoveredFrom, answer.AnsweredTo);
            var valid = await progress.StepAsync(
                EnrichmentStep.Validate, interval, stop => ValidateAsync(job, portion, answer, stop), cancellation);
            var computed = await progress.StepAsync(
                EnrichmentStep.Compute, interval, stop => features.ComputeAsync(job, valid, stop), cancellation);
            var scored = await progress.StepAsync(EnrichmentStep.Score, interval, () => Score(job, portion, valid), cancellation);
            var write = Combine(job, portion, valid, computed, scored) with
            {
                Source = answer.Result.Provider,
                AskedRange = null,
                FinalThrough = null,
                Imported = new ImportedPart(import, part, valid.Kept),
            };
            await progress.StepAsync(EnrichmentStep.Store, interval, stop => StoreAsync(job, write, stop), cancellation);
        }
    }

    private async Task UndoAsync(SeriesJob job, string import, CancellationToken cancellation)
    {
        var (progress, interval) = (job.Progress, job.Interval);
        await foreach (var (from, to) in imports.UndoAsync(job, import, Reach(job), cancellation))
        {
            job.State = await series.StateAsync(job.Instrument, interval, cancellation);
            await JudgeRangeAsync(job, from, to, cancellation);
        }

        job.State = await series.StateAsync(job.Instrument, interval, cancellation);
        await progress.StepAsync(EnrichmentStep.Store, interval, stop => imports.FinishUndoAsync(job, import, stop), cancellation);
    }

    // What is missing in a range from which candles went is missing again, and those around it are judged without them.
    private async Task JudgeRangeAsync(SeriesJob job, DateTime from, DateTime to, CancellationToken cancellation)
    {
        var (symbol, interval) = (job.Instrument.Symbol, job.Interval);
        var context = Context(job, await factors.ReadSplitFactorsAsync(symbol, interval, cancellation));
        var window = await windows.ReadAsync(job, from, to, context, CandleWindow.Of, cancellation);
        var end = to < job.End ? to : job.End;
        if (window.Span(end) is not { } span)
            return;
        var write = Nothing(job) with
        {
            Candles = window.Score(context with { HasVolume = await HasVolumeAsync(job, window, cancellation) }),
            MinimumScore = quality.Value.MinimumScore,
            GapRange = span,
            Gaps = window.Gaps(end, job.Calendar, interval),
            ExpectedByDate = Expected(job, window, end),
        };
        await job.Progress.StepAsync(EnrichmentStep.Store, interval, stop => StoreAsync(job, write, stop), cancellation);
    }

    private async Task BuildAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (progress, interval) = (job.Progress, job.Interval);
        job.State = await series.StateAsync(job.Instrument, interval, cancellation);
        if (await weeks.PlanAsync(job, cancellation) is not { } range)
        {
            // Nothing to build them of: the days that come will have them built again.
            if (job.State.ProvisionalFrom is { } stale)
                await StoreAsync(job, Nothing(job) with { AskedRange = (stale, job.End), IsProvisional = false }, cancellation);
            return;
        }

        var portion = new Portion(range.From, range.To);
        var splits = await factors.ReadSplitFactorsAsync(job.Instrument.Symbol, interval, cancellation);
        var window = await progress.StepAsync(
            EnrichmentStep.Fetch, interval, stop => weeks.BuildAsync(job, range, Context(job, splits), stop), cancellation);
        var built = new CheckedAnswer(window, 0, [], splits, await HasVolumeAsync(job, window, cancellation));
        var computed = await progress.StepAsync(
            EnrichmentStep.Compute, interval, stop => features.ComputeAsync(job, built, stop), cancellation);
        var scored = await progress.StepAsync(EnrichmentStep.Score, interval, () => Score(job, portion, built), cancellation);
        var write = Combine(job, portion, built, computed, scored) with { IsBuilt = true, IsProvisional = false };
        await progress.StepAsync(EnrichmentStep.Store, interval, stop => StoreAsync(job, write, stop), cancellation);
    }

    // A gap for which no provider answered is postponed like one that was found empty: it is fetched again, from each in turn, ever later.
    private async Task PostponeAsync(SeriesJob job, Portion portion, CancellationToken cancellation)
    {
        var write = Nothing(job) with { AskedRange = (portion.From, portion.To) };
        await job.Progress.StepAsync(EnrichmentStep.Store, job.Interval, stop => StoreAsync(job, write, stop), cancellation);
    }

    // Splits and dividends come first, so that a split is known before its jump is judged. One that became known since the series was last
    // fetched has what is stored already scored again.
    private async Task RefreshActionsAsync(SeriesJob job, CancellationToken cancellation)
    {
        if (job.HasActions)
            await corporateActions.RefreshIfDueAsync(job, cancellation);
        job.State = await series.StateAsync(job.Instrument, job.Interval, cancellation);
        if (!job.HasActions || job.State.LastFetchAt is not { } fetched)
            return;
        await ScoreSplitsAgainAsync(job, fetched, cancellation);
    }

    private async Task ScoreSplitsAgainAsync(SeriesJob job, DateTime recordedSince, CancellationToken cancellation)
    {
        foreach (var exDate in await actions.SplitsRecordedSinceAsync(job.Instrument.Symbol, recordedSince, cancellation))
            await ScoreAgainAsync(job, exDate, cancellation);
    }

    private Task ScoreAgainAsync(SeriesJob job, DateOnly exDate, CancellationToken cancellation)
    {
        var from = job.Calendar.BeginOf(exDate, job.Interval) - job.Interval.Length();
        return ScoreAgainAsync(job, from, from + Reach(job), cancellation);
    }

    // As far as the scoring of later candles looks back, closed hours included.
    private static TimeSpan Reach(SeriesJob job) => job.Interval.Length() * CandleScorer.LookBack * (job.Interval.IsIntraday() ? 5 : 2);

    // What an earlier build stored by other rules, after what it had wrong was asked for again.
    private async Task JudgeAgainAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (symbol, interval) = (job.Instrument.Symbol, job.Interval);
        if (job.State is not { JudgeFrom: { } from, Id: { } id })
            return;
        var days = new SortedSet<DateTime>(await older.FindAsync(symbol, interval, from, cancellation));
        var closed = interval == BarInterval.OneDay ? await ClosedDaysAsync(job, from, cancellation) : [];
        if (closed.Count > 0)
        {
            await older.RemoveDaysAsync(job.Instrument, id, closed, job.Progress.Job.Fence, job.Progress.Job.JobId, cancellation);
            days.UnionWith(closed);
        }

        foreach (var (start, end) in FetchPlan.Around(days, job.Interval.Length(), TimeSpan.FromDays(1) + Reach(job))
            .SelectMany(range => FetchPlan.Portions(range.From, range.To, interval, [])))
            await ScoreAgainAsync(job, start, end, cancellation);
        await older.FinishAsync(symbol, interval, job.Progress.Job.Fence, cancellation);
        job.State = await series.StateAsync(job.Instrument, interval, cancellation);
        LogJudgedAgain(symbol, interval.Name(), days.Count, closed.Count);
    }

    private async Task<IReadOnlyList<DateTime>> ClosedDaysAsync(SeriesJob job, DateTime from, CancellationToken cancellation)
    {
        var stored = await series.RangeAsync(job.Instrument.Symbol, BarInterval.OneDay, Later(from, SessionsKnownFrom), job.End, cancellation);
        return
        [
            .. stored.Select(day => day.Candle.Timestamp)
                .Where(day => job.Calendar.IsCertain(day, BarInterval.OneDay) && !job.Calendar.IsExpected(day, BarInterval.OneDay)),
        ];
    }

    private async Task ScoreAgainAsync(SeriesJob job, DateTime from, DateTime to, CancellationToken cancellation)
    {
        var (symbol, interval) = (job.Instrument.Symbol, job.Interval);
        var context = Context(job, await factors.ReadSplitFactorsAsync(symbol, interval, cancellation));
        var window = await windows.ReadAsync(job, from, to, context, CandleWindow.Of, cancellation);
        if (window.Candles.Length == 0)
            return;
        var scored = window.Score(context with { HasVolume = await HasVolumeAsync(job, window, cancellation) });
        var write = Nothing(job) with
        {
            Candles = scored,
            MinimumScore = quality.Value.MinimumScore,
            ExpectedByDate = Expected(job, window, window.Candles[^1].Timestamp),
        };
        await job.Progress.StepAsync(EnrichmentStep.Store, interval, stop => StoreAsync(job, write, stop), cancellation);
    }

    private async Task<CheckedAnswer> ValidateAsync(SeriesJob job, Portion portion, ChainResult answer, CancellationToken cancellation)
    {
        var (kept, rejected) = StructuralCheck.Separate(answer.Result.Candles.Span, job.Calendar, job.Interval, job.Now);
        var splits = await factors.ReadSplitFactorsAsync(job.Instrument.Symbol, job.Interval, cancellation);
        IReadOnlyList<StoredCandle> onRecord = [];
        var window = await windows.ReadAsync(
            job, portion.From, portion.To, Context(job, splits),
            (before, stored, after) =>
            {
                onRecord = stored;
                return CandleWindow.Merge(before, stored, after, kept, answer, portion, importing.Value.Precedence);
            },
            cancellation);
        await crossCheck.CompareAsync(job, portion, onRecord, kept, answer.Result.Provider, cancellation);
        return new CheckedAnswer(
            window, kept.Length, [.. answer.Result.Rejected, .. rejected], splits, await HasVolumeAsync(job, window, cancellation));
    }

    private async Task<bool> HasVolumeAsync(SeriesJob job, CandleWindow window, CancellationToken cancellation) =>
        window.HasVolume || await series.HasVolumeAsync(job.Instrument.Symbol, job.Interval, cancellation);

    private static bool LooksSplit(SeriesJob job, Portion portion, CheckedAnswer answer) =>
        job.HasActions
        && answer.Window.Score(Context(job, answer.Splits))
            .Any(candle => candle.Candle.Timestamp >= portion.From && (candle.Issues & CandleIssues.SuspectedSplit) != 0);

    // A jump that no split on record explains: the providers may know of one by now.
    private async Task<CheckedAnswer> AskForSplitsAsync(SeriesJob job, CheckedAnswer answer, CancellationToken cancellation)
    {
        if (!await corporateActions.RefreshAsync(job, everyone: true, cancellation))
            return answer;
        job.State = await series.StateAsync(job.Instrument, job.Interval, cancellation);
        return answer with { Splits = await factors.ReadSplitFactorsAsync(job.Instrument.Symbol, job.Interval, cancellation) };
    }

    private static ScoringContext Context(SeriesJob job, AdjustmentFactors splits, bool hasVolume = true) =>
        new() { Instrument = job.Instrument, Interval = job.Interval, Splits = splits, HasVolume = hasVolume };

    private StoredCandle[] Score(SeriesJob job, Portion portion, CheckedAnswer answer)
    {
        var scored = answer.Window.Score(Context(job, answer.Splits, answer.HasVolume));
        var (assetClass, timeframe) = (job.Instrument.AssetClass.Name(), job.Interval.Name());
        foreach (var rule in ValidationRules.Soft)
        {
            var anomaly = rule.Issue & ValidationRules.Anomalies;
            var found = scored.Where((candle, i) => (answer.Window.NewIssues(i, candle.Issues) & anomaly) != 0).Count();
            if (found > 0)
                metrics.QualityAnomalies.Add(found, new("asset_class", assetClass), new("timeframe", timeframe), new("rule", rule.Id));
        }

        foreach (var reason in answer.Rejected.GroupBy(bar => bar.Reason))
            metrics.QualityRejections.Add(
                reason.Count(), new("asset_class", assetClass), new("timeframe", timeframe), new("rule", reason.Key));
        var gaps = answer.Window.Gaps(End(job, portion), job.Calendar, job.Interval)
            .Count(gap => gap.End > (job.State.LastTs ?? DateTime.MinValue));
        if (gaps > 0)
            metrics.QualityGaps.Add(gaps, new("asset_class", assetClass), new("timeframe", timeframe), new("rule", "gap_before"));
        return scored;
    }

    private static SeriesWrite Nothing(SeriesJob job) => new()
    {
        Instrument = job.Instrument,
        Interval = job.Interval,
        Fence = job.Progress.Job.Fence,
        JobId = job.Progress.Job.JobId,
        Source = job.State.LastSource ?? "",
    };

    private SeriesWrite Combine(SeriesJob job, Portion portion, CheckedAnswer answer, ComputedFeatures? computed, StoredCandle[] scored)
    {
        var (window, end) = (answer.Window, End(job, portion));
        return Nothing(job) with
        {
            Candles = scored,
            Rejected = answer.Rejected,
            MinimumScore = quality.Value.MinimumScore,
            Features = computed?.Progress,
            ComputeLog = computed is null ? [] : [computed.Log],
            GapRange = window.Span(end),
            Gaps = window.Gaps(end, job.Calendar, job.Interval),
            AskedRange = (portion.From, portion.To),
            ExpectedByDate = Expected(job, window, end),
            FinalThrough = FinalThrough(job, scored),
        };
    }

    private static SeriesWrite Fetched(SeriesWrite write, SeriesJob job, Portion portion, ChainResult answer)
    {
        var result = answer.Result;
        return write with
        {
            Source = result.Provider,
            OutOfSession = result.OutOfSession,
            IsProvisional = answer.IsProvisional ? true : portion.TimesAsked > 0 ? null : false,
            FetchLog = new FetchLogEntry
            {
                Source = result.Provider,
                RecordsFetched = result.Candles.Length + result.Rejected.Count,
                ResponseTime = result.ResponseTime,
                Requests = result.Requests,
                Note = Note(portion, result),
                InsteadOf = answer is { IsFallback: true, Failures.Count: > 0 } ? [.. answer.Failures.Select(failure => failure.Provider).Distinct()] : null,
                TraceId = job.Progress.TraceId,
            },
            // The backfill's progress stops before the first provisional portion, so that the next attempt fetches from there.
            Backfill = portion.Backfill is { } backfill && !job.IsTriedAgain ? (backfill, portion.To) : null,
        };
    }

    private static string? Note(Portion portion, FetchResult result)
    {
        var notes = result.Flaws.Take(MostFlaws);
        if (portion.Backfill?.Distrusts is { } provider)
            notes = notes.Prepend($"Asked for again: {provider} calls the symbol otherwise on these days than was known when they were stored.");
        return string.Join(" ", notes) is { Length: > 0 } text ? text : null;
    }

    private async Task<WriteResult> StoreAsync(SeriesJob job, SeriesWrite write, CancellationToken cancellation)
    {
        var startedAt = time.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await writer.WriteAsync(write, cancellation);
            outcome = "success";
            if (result.AnswerWasLost)
            {
                metrics.LostAnswers.Add(1, new KeyValuePair<string, object?>("operation", "store"));
                LogAnswerLost(job.Instrument.Symbol, job.Interval.Name());
            }

            Count(job, write, result);
            job.State = await series.StateAsync(job.Instrument, job.Interval, cancellation);
            return result;
        }
        finally
        {
            metrics.StoreDuration.Record(
                time.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private void Count(SeriesJob job, SeriesWrite write, WriteResult result)
    {
        Add("inserted", result.Inserted);
        Add("updated", result.Updated);
        var taken = write.FetchLog?.RecordsFetched ?? (write.Imported is { } part ? part.Kept + write.Rejected.Count : 0);
        Add("unchanged", Math.Max(0, taken - result.Inserted - result.Updated - write.Rejected.Count));
        Add("rejected", write.Rejected.Count);

        void Add(string outcome, long candles)
        {
            if (candles > 0)
                metrics.FetchRecords.Add(
                    candles, new("provider", job.Import is null ? write.Source : "import"), new("timeframe", job.Interval.Name()),
                    new("result", outcome));
        }
    }

    private static DateTime End(SeriesJob job, Portion portion) => portion.To < job.End ? portion.To : job.End;

    // The candles expected on each date, UTC's as in the tables, that the window touches, from the series' first candle to the last that
    // has closed; none on a date without candles that may be a holiday not known yet.
    private static Dictionary<DateOnly, int> Expected(SeriesJob job, CandleWindow window, DateTime end)
    {
        if (window.Span(end) is not { } span)
            return [];
        var first = Earlier(job.State.FirstTs, window.Before.Length > 0 ? window.Before[0].Timestamp : window.Candles[0].Timestamp);
        var from = Later(span.After.Date, first);
        var to = span.Before.Date.AddDays(1) < job.End ? span.Before.Date.AddDays(1) : job.End;
        var seen = window.Candles.Select(candle => DateOnly.FromDateTime(candle.Timestamp)).ToHashSet();
        return job.Calendar.Expected(from, to, job.Interval)
            .Where(instant => job.Calendar.IsCertain(instant, job.Interval) || seen.Contains(DateOnly.FromDateTime(instant)))
            .CountBy(DateOnly.FromDateTime)
            .ToDictionary();
    }

    private static DateTime? FinalThrough(SeriesJob job, StoredCandle[] scored)
    {
        for (var i = scored.Length - 1; i >= 0; i--)
        {
            var timestamp = scored[i].Candle.Timestamp;
            if (job.Calendar.FinalFrom(timestamp, job.Interval) <= job.Now)
                return timestamp;
        }

        return null;
    }

    private static DateTime Earlier(DateTime? one, DateTime other) => one < other ? one.Value : other;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    [LoggerMessage(LogLevel.Information, "{Symbol} {Timeframe}: the connection broke before the database could answer; what was stored is stored")]
    private partial void LogAnswerLost(Symbol symbol, string timeframe);

    [LoggerMessage(
        LogLevel.Information, "{Symbol} {Timeframe}: {Days} days that an earlier build judged are judged again, {Closed} of them had no session and are gone")]
    private partial void LogJudgedAgain(Symbol symbol, string timeframe, int days, int closed);
}
