using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Asks a second provider about a sample of what the first one gave, so that a source that goes wrong quietly is noticed. Which days are in
/// the sample follows from symbol and date alone, so that looking again looks at the same ones. What came of it is kept, as is what came of
/// an answer that met another provider's candles.
/// </summary>
public sealed partial class CrossCheck(
    ProviderChain providers, EnrichmentLog journal, CrossCheckStore store, EnrichmentMetrics metrics, IOptions<QualityOptions> quality,
    ILogger<CrossCheck> log)
{
    // Older bars are not compared: providers differ by later corrections, on which nobody would act.
    internal static readonly TimeSpan Reach = TimeSpan.FromDays(366);

    /// <summary>
    /// The second provider's closes by opening instant; empty when no day of the answer is in the sample or nobody else could be asked.
    /// </summary>
    internal async Task<IReadOnlyDictionary<DateTime, double>> OtherClosesAsync(
        SeriesJob job, FetchResult answer, CancellationToken cancellation)
    {
        var none = new Dictionary<DateTime, double>();
        var other = providers.For(job.Instrument, job.Interval).FirstOrDefault(provider => provider.Name != answer.Provider);
        if (other is null || Sample(job, answer) is not { Count: > 0 } days)
            return none;
        try
        {
            var instants = InstantsOf(job, answer, days);
            var second = await other.FetchAsync(job.Instrument, job.Interval, instants[0], instants[^1].AddMicroseconds(1), cancellation);
            var others = Closes(job, second, days);
            var first = Closes(job, answer, days).Where(bar => bar.Key >= second.CoveredFrom).ToDictionary();
            await KeepAsync(job, ProviderComparison.ByDay((answer.Provider, first), (second.Provider, others), DateOf(job)), cancellation);
            return others;
        }
        catch (ProviderException e)
        {
            var entry = new FetchLogEntry
            {
                Source = e.Provider,
                Error = $"cross-check: {e.Message}",
                NotAsked = e.Kind == ProviderErrorKind.CircuitOpen,
                TraceId = job.Progress.TraceId,
            };
            await journal.FetchFailedAsync(job.Progress.Job.JobId, job.Instrument.Symbol.Value, job.Interval.Name(), entry, cancellation);
            LogNotChecked(job.Instrument.Symbol, job.Interval.Name(), other.Name, e.Message);
            return none;
        }
    }

    /// <summary>Compares an answer with the candles of other providers that are on record where it is.</summary>
    internal async Task CompareAsync(
        SeriesJob job, Portion portion, IEnumerable<StoredCandle> stored, Candle[] fetched, string source, CancellationToken cancellation)
    {
        if (fetched.Length == 0)
            return;
        var (first, last, dateOf) = (fetched[0].Timestamp, fetched[^1].Timestamp, DateOf(job));
        var met = stored.Where(known => known.Candle.Timestamp >= first && known.Candle.Timestamp <= last).ToList();
        var sources = met.Where(known => known.Source != source && known.Candle.Close > 0 && !portion.Distrusts(known)).ToLookup(known => known.Source);
        if (sources.Count == 0)
            return;
        var onRecord = met.Select(known => known.Candle.Timestamp).ToHashSet();
        var answered = fetched.Where(bar => bar.Close > 0).ToDictionary(bar => bar.Timestamp, bar => bar.Close);
        foreach (var other in sources)
        {
            var closes = other.ToDictionary(known => known.Candle.Timestamp, known => known.Candle.Close);
            var days = closes.Keys.Select(dateOf).ToHashSet();
            // What is on record from a third provider says nothing of this one.
            var own = answered.Where(bar => days.Contains(dateOf(bar.Key)) && (closes.ContainsKey(bar.Key) || !onRecord.Contains(bar.Key))).ToDictionary();
            await KeepAsync(job, ProviderComparison.ByDay((other.Key, closes), (source, own), dateOf), cancellation);
        }
    }

    /// <summary>Whether a day is in the sample.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="date">The session's date, UTC date for crypto.</param>
    /// <param name="share">The sample, 0 to 1.</param>
    public static bool IsSampled(Symbol symbol, DateOnly date, double share)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{symbol.Value} {date:yyyy-MM-dd}");
        var draw = BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return draw < share * uint.MaxValue;
    }

    private async Task KeepAsync(SeriesJob job, IReadOnlyList<CrossCheckDay> days, CancellationToken cancellation)
    {
        if (days.Count == 0)
            return;
        await store.SaveAsync(job.Instrument.Symbol.Value, job.Interval.Name(), days, cancellation);
        var (pair, timeframe) = (days[0], new KeyValuePair<string, object?>("timeframe", job.Interval.Name()));
        metrics.CrossCheckCompared.Add(days.Sum(day => day.BarsCompared), new("provider", pair.Provider), new("other_provider", pair.OtherProvider), timeframe);
        metrics.CrossCheckDisagreeing.Add(
            days.Sum(day => day.BarsDiffering), new("provider", pair.Provider), new("other_provider", pair.OtherProvider), timeframe);
    }

    private static Func<DateTime, DateOnly> DateOf(SeriesJob job) => instant => job.Calendar.DateOf(instant, job.Interval);

    // Of intraday bars one day is enough: more would take more pages than the check is worth.
    private HashSet<DateOnly> Sample(SeriesJob job, FetchResult answer)
    {
        var days = new HashSet<DateOnly>();
        foreach (ref readonly var candle in answer.Candles.Span)
        {
            if (candle.Timestamp >= job.Now - Reach)
                days.Add(job.Calendar.DateOf(candle.Timestamp, job.Interval));
        }

        days.RemoveWhere(day => !IsSampled(job.Instrument.Symbol, day, quality.Value.CrossCheckSample));
        return job.Interval.IsIntraday() && days.Count > 1 ? [days.Max()] : days;
    }

    private static List<DateTime> InstantsOf(SeriesJob job, FetchResult answer, HashSet<DateOnly> days)
    {
        var instants = new List<DateTime>();
        foreach (ref readonly var candle in answer.Candles.Span)
        {
            if (days.Contains(job.Calendar.DateOf(candle.Timestamp, job.Interval)))
                instants.Add(candle.Timestamp);
        }

        return instants;
    }

    private static Dictionary<DateTime, double> Closes(SeriesJob job, FetchResult second, HashSet<DateOnly> days)
    {
        var closes = new Dictionary<DateTime, double>();
        foreach (ref readonly var candle in second.Candles.Span)
        {
            if (candle.Close > 0 && days.Contains(job.Calendar.DateOf(candle.Timestamp, job.Interval)))
                closes[candle.Timestamp] = candle.Close;
        }

        return closes;
    }

    [LoggerMessage(LogLevel.Information, "{Symbol} {Timeframe} could not be cross-checked with {Provider}: {Reason}")]
    private partial void LogNotChecked(Symbol symbol, string timeframe, string provider, string reason);
}
