using System.Security.Cryptography;
using MarketData.Bulk.Files;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Storage.Bulk;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Bulk;

/// <summary>
/// Writes a version: the partitions whose content has changed, from one snapshot of the database, then the manifest, and at last the pointer to it.
/// Broken off anywhere, it leaves the version before as it was, and the next call goes on with the partitions that are missing.
/// </summary>
public sealed partial class BulkWriter(
    NpgsqlDataSource database, BulkStore store, IBulkTarget target, IOptions<BulkOptions> options, ILogger<BulkWriter> log)
{
    // Rows of a row group: enough for statistics to leave some out by, few enough to be held in memory, some 30 MB with all features.
    private const int RowGroupRows = 65_536;
    private const int NamedDigits = 16;
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>Does the open run, unless another node is at it.</summary>
    /// <param name="node">This node.</param>
    /// <param name="cancellation">Breaks it off; it is gone on with then.</param>
    /// <returns>The run as it ended; null when there was nothing to do here.</returns>
    /// <exception cref="BulkTargetException">The target cannot be read or written; the run has failed.</exception>
    public async Task<BulkRun?> RunAsync(string node, CancellationToken cancellation)
    {
        await using var snapshot = await BulkSnapshot.TryTakeAsync(database, cancellation);
        if (snapshot is null || await store.BeginAsync(node, target.Name, cancellation) is not { } run)
            return null;
        if (run.Status == "failed")
            throw new BulkTargetException($"Bulk run {run.Id} failed: {run.Error}");
        try
        {
            await WriteAsync(run, snapshot, cancellation);
            return await store.RunAsync(run.Id, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // A target or a database that is away is said as it is; it may be there again before the failure is noted.
            await store.FailAsync(run, e is BulkTargetException ? e.Message : $"{e.GetType().Name}: {e.Message}", CancellationToken.None);
            throw;
        }
    }

    private async Task WriteAsync(BulkRun run, BulkSnapshot snapshot, CancellationToken cancellation)
    {
        var partitions = BulkPartition.Of(snapshot.Series);
        var known = (await store.PartitionsAsync(cancellation)).ToDictionary(row => (row.Timeframe, row.PeriodFrom));
        var there = await target.ListAsync(cancellation);
        var stage = target.Stage();
        foreach (var partition in partitions)
        {
            var (basis, marks) = (partition.Basis(target.Name), partition.Marks(snapshot.Marks));
            known.Remove((partition.Interval.Name(), partition.From), out var row);
            if (row is null || row.Basis != basis || (marks.Length > 0 && row.Marks != marks) || !IsThere(row, there))
                await WriteAsync(run, snapshot, partition, (basis, marks), (stage, there), cancellation);
        }

        await store.RemovePartitionsAsync(known.Values, cancellation);
        await PublishAsync(run, snapshot, cancellation);
        await CleanAsync(cancellation);
    }

    private static bool IsThere(BulkPartitionRow row, IReadOnlyDictionary<string, long> there) =>
        row.File is null || (there.TryGetValue(BulkFile.PathOf(row.Timeframe, row.File), out var size) && size == row.SizeBytes);

    private async Task WriteAsync(
        BulkRun run, BulkSnapshot snapshot, BulkPartition partition, (string Basis, string Marks) state,
        (string Stage, IReadOnlyDictionary<string, long> There) place, CancellationToken cancellation)
    {
        var staged = Path.Combine(place.Stage, $"{partition.Interval.Name()}_{partition.Period}.parquet");
        var file = await StageAsync(snapshot, partition, staged, cancellation);
        var isNew = file is not null && !(place.There.TryGetValue(file.Path, out var size) && size == file.SizeBytes);
        if (file is not null)
            await store.AddFileAsync(file, cancellation);
        if (isNew)
        {
            await target.PutAsync(file!.Path, staged, cancellation);
            LogWritten(file.Path, file.Rows, file.SizeBytes);
        }
        else
            File.Delete(staged);

        var row = new BulkPartitionRow
        {
            Timeframe = partition.Interval.Name(),
            PeriodFrom = partition.From,
            File = file?.File,
            Basis = state.Basis,
            Marks = state.Marks,
        };
        await store.SavePartitionAsync(run.Id, row, isNew ? file!.SizeBytes : null, cancellation);
    }

    // Writes the candles to a file of this machine; null when there are none.
    private async Task<BulkFile?> StageAsync(BulkSnapshot snapshot, BulkPartition partition, string staged, CancellationToken cancellation)
    {
        var counts = new BulkCounts();
        try
        {
            await using (var output = new FileStream(staged, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, useAsync: true))
            {
                var writer = new CandleParquet(output, BulkFacts.Of(partition));
                await foreach (var batch in snapshot.ReadAsync(partition, RowGroupRows, cancellation))
                {
                    await writer.WriteAsync(batch, cancellation);
                    counts.Add(batch);
                }

                await writer.CompleteAsync();
            }

            return counts.Rows == 0 ? null : await FileOfAsync(partition, counts, staged, cancellation);
        }
        catch (Exception e) when (e is IOException and not EndOfStreamException or UnauthorizedAccessException)
        {
            throw BulkTargetException.Of("written", target.Name, e);
        }
    }

    private static async Task<BulkFile> FileOfAsync(BulkPartition partition, BulkCounts counts, string staged, CancellationToken cancellation)
    {
        await using var content = File.OpenRead(staged);
        var checksum = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
        return new BulkFile
        {
            File = $"{partition.Interval.Name()}_{partition.Period}_{checksum[..NamedDigits]}.parquet",
            Timeframe = partition.Interval.Name(),
            PeriodFrom = partition.From,
            PeriodUntil = partition.Until,
            FirstTs = counts.First,
            LastTs = counts.Last,
            Rows = counts.Rows,
            Series = counts.Series,
            SizeBytes = content.Length,
            Sha256 = checksum,
        };
    }

    // The manifest before what points to it, and that before the version is on record.
    private async Task PublishAsync(BulkRun run, BulkSnapshot snapshot, CancellationToken cancellation)
    {
        var files = await store.NewestFilesAsync(cancellation);
        var marks = snapshot.Marks.Values.ToList();
        var latest = await store.VersionAsync(null, cancellation);
        if (latest is not null && latest.Target == target.Name
            && (await store.FilesAsync(latest.Id, null, cancellation)).Select(file => file.File).SequenceEqual(files.Select(file => file.File)))
        {
            await store.CompleteAsync(run, snapshot.Instant, null, marks, cancellation);
            LogUnchanged(latest.Id);
            return;
        }

        await target.PutTextAsync(BulkManifest.PathOf(run.Id), BulkManifest.Text(run.Id, snapshot.Instant, files), cancellation);
        foreach (var interval in files.GroupBy(file => file.Timeframe))
        {
            var uris = string.Concat(interval.Select(file => target.UriOf(file.Path) + "\n"));
            await target.PutTextAsync(BulkManifest.ListOf(interval.Key), uris, cancellation);
        }

        await target.PutTextAsync(BulkManifest.Latest, BulkManifest.Pointer(run.Id, snapshot.Instant), cancellation);
        await store.CompleteAsync(run, snapshot.Instant, files, marks, cancellation);
        LogVersion(run.Id, target.Name, files.Count, files.Sum(file => file.Rows), files.Sum(file => file.SizeBytes));
    }

    // Versions that are past their time, then the files that none of the others has.
    private async Task CleanAsync(CancellationToken cancellation)
    {
        var forgotten = await store.ForgetVersionsAsync(target.Name, options.Value.Retention, cancellation);
        await target.DeleteAsync([.. forgotten.Select(BulkManifest.PathOf)], cancellation);
        var unused = await store.UnusedFilesAsync(Grace, cancellation);
        if (unused.Count == 0)
            return;
        await target.DeleteAsync([.. unused.Select(file => file.Path)], cancellation);
        await store.ForgetFilesAsync(unused, cancellation);
        LogDeleted(unused.Count, forgotten.Count);
    }

    [LoggerMessage(LogLevel.Debug, "Wrote {File}: {Rows} candles, {Bytes} bytes")]
    private partial void LogWritten(string file, long rows, long bytes);

    [LoggerMessage(LogLevel.Information, "Bulk version {Version} is in {Target}: {Files} files, {Rows} candles, {Bytes} bytes")]
    private partial void LogVersion(long version, string target, int files, long rows, long bytes);

    [LoggerMessage(LogLevel.Information, "Bulk version {Version} is still the newest: nothing has changed since")]
    private partial void LogUnchanged(long version);

    [LoggerMessage(
        LogLevel.Information, "Deleted {Files} bulk files that no version has any more, and {Versions} versions: Bulk:Retention keeps no more")]
    private partial void LogDeleted(int files, int versions);
}
