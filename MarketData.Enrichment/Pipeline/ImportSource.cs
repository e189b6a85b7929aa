using System.Runtime.CompilerServices;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Imports;

namespace MarketData.Enrichment.Pipeline;

/// <summary>What somebody brought, as an answer in the place of a provider's, part by part; and how it is taken away again.</summary>
public sealed class ImportSource(ImportStore imports, ImportUndo undo)
{
    /// <summary>Whether the import is being undone, rather than stored.</summary>
    internal Task<bool> IsUndoneAsync(string import, CancellationToken cancellation) => imports.IsUndoneAsync(import, cancellation);

    /// <summary>The parts of a series that wait to be stored, in order of time: those that were stored before the job was broken off are gone.</summary>
    internal Task<IReadOnlyList<DateTime>> PartsAsync(SeriesJob job, string import, CancellationToken cancellation) =>
        imports.PartsAsync(import, job.Instrument.Symbol, job.Interval, cancellation);

    /// <summary>Reads a part.</summary>
    internal async Task<ChainResult> ReadAsync(SeriesJob job, string import, DateTime part, CancellationToken cancellation)
    {
        var candles = await imports.ReadPartAsync(import, job.Instrument.Symbol, job.Interval, part, cancellation);
        var result = new FetchResult
        {
            Provider = ImportSources.Of(import),
            Instrument = job.Instrument,
            Interval = job.Interval,
            Candles = candles,
            CoveredFrom = candles[0].Timestamp,
        };
        return new ChainResult(result, IsFallback: false, []) { AnsweredTo = candles[^1].Timestamp.AddMicroseconds(1) };
    }

    /// <summary>Takes a series' candles of an import away.</summary>
    /// <param name="job">The series.</param>
    /// <param name="import">The import.</param>
    /// <param name="reach">How far candles after the range depend on those in it.</param>
    /// <param name="cancellation">Stops it between two parts.</param>
    /// <returns>The ranges of which the candles that are left are to be judged anew.</returns>
    internal async IAsyncEnumerable<(DateTime From, DateTime To)> UndoAsync(
        SeriesJob job, string import, TimeSpan reach, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (instrument, interval, claim) = (job.Instrument, job.Interval, job.Progress.Job);
        await undo.BeginAsync(import, instrument.Symbol, interval, claim.Fence, cancellation);
        var ranges = new List<(DateTime From, DateTime To)>();
        if (await undo.BoundsAsync(import, instrument.Symbol, interval, cancellation) is var (first, last))
            ranges.AddRange(ImportParts.Of(first, last, interval).Select(part => (Later(part.From, first), Earlier(part.To, last.AddMicroseconds(1)))));
        foreach (var range in ranges)
        {
            await job.Progress.StepAsync(
                EnrichmentStep.Store, interval,
                async stop =>
                {
                    await undo.UndoAsync(import, instrument, interval, range, claim.Fence, claim.JobId, stop);
                    return range;
                },
                cancellation);
        }

        // Broken off between the two, what was taken away would not be judged: the whole range of the job is.
        if (await undo.ExpectedUntilAsync(import, instrument.Symbol, interval, cancellation) is not { } until)
            yield break;
        var (start, end) = (claim.RangeFrom!.Value, Earlier(claim.RangeTo!.Value + reach, until));
        foreach (var (from, to) in ImportParts.Of(start, end, interval))
            yield return (Later(from, start), Earlier(to, end));
    }

    /// <summary>Notes that a series of an import is undone.</summary>
    internal async Task<string> FinishUndoAsync(SeriesJob job, string import, CancellationToken cancellation)
    {
        await undo.FinishAsync(import, job.Instrument.Symbol, job.Interval, job.Progress.Job.Fence, cancellation);
        return import;
    }

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
