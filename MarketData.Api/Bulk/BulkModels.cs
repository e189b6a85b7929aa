using MarketData.Api.Requests;
using MarketData.Storage.Bulk;

namespace MarketData.Api.Bulk;

/// <summary>Which bulk files to list.</summary>
public sealed record BulkQuery(
    [property: Timeframe, Description("Only the files of this interval.")] string? Timeframe,
    [property: WholeNumber(1, int.MaxValue)]
    [property: Description("The version; the newest one when left out. Versions are kept for a while after the next has come.")]
    int? Version);

/// <summary>The files of a version: all candles of all symbols as they were at one instant.</summary>
/// <param name="Version">The version.</param>
/// <param name="AsOf">The instant, UTC: everything that was stored before is in the files.</param>
/// <param name="CreatedAt">When the version was written, UTC.</param>
/// <param name="Adjusted">
/// What prices, volumes and features are adjusted for: <c>splits</c>. The column <c>split_factor</c> leads back to what was traded.
/// </param>
/// <param name="Files">The files, by interval and time.</param>
public sealed record BulkList(long Version, DateTime AsOf, DateTime CreatedAt, string Adjusted, IReadOnlyList<BulkFileView> Files);

/// <summary>A Parquet file of all candles of an interval in a year, or in a month where they are shorter than an hour.</summary>
/// <param name="File">Its name. What is in a file never changes: what has changed has another name in the next version.</param>
/// <param name="Url">Where it is, below this server's address; ranges can be asked for.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Period">The year, such as <c>2024</c>, or the month, such as <c>2024-05</c>.</param>
/// <param name="PeriodFrom">The beginning of the period, UTC.</param>
/// <param name="PeriodUntil">Its end, exclusive, UTC.</param>
/// <param name="FirstTimestamp">Opening instant of the oldest candle in it, UTC.</param>
/// <param name="LastTimestamp">Opening instant of the newest candle in it, UTC.</param>
/// <param name="Rows">Candles.</param>
/// <param name="Symbols">Symbols that have some.</param>
/// <param name="SizeBytes">Bytes.</param>
/// <param name="Sha256">SHA-256 of the file, in lower-case hexadecimal; its <c>ETag</c>, too.</param>
public sealed record BulkFileView(
    string File, string Url, string Timeframe, string Period, DateTime PeriodFrom, DateTime PeriodUntil,
    DateTime FirstTimestamp, DateTime LastTimestamp, long Rows, int Symbols, long SizeBytes, string Sha256);

/// <summary>The runs that wrote bulk files.</summary>
/// <param name="Items">The runs, newest first; those of versions that are kept, and the last that came to none.</param>
public sealed record BulkRunList(IReadOnlyList<BulkRunView> Items);

/// <summary>A run that writes bulk files, or did.</summary>
/// <param name="Id">Its number, which is the version's when it came to one.</param>
/// <param name="Status">
/// <c>queued</c>, <c>running</c>, <c>completed</c> (with a new version), <c>unchanged</c> (nothing had changed) or <c>failed</c>.
/// </param>
/// <param name="RequestedBy">Who asked for it, when known; <c>schedule</c> for the nightly one.</param>
/// <param name="RequestedAt">When, UTC.</param>
/// <param name="StartedAt">When it began, UTC; null while it waits.</param>
/// <param name="CompletedAt">When it ended, UTC; null before.</param>
/// <param name="Node">The node that worked on it last.</param>
/// <param name="Attempts">How often a node took it up: more than once where one died or was stopped.</param>
/// <param name="AsOf">The instant, UTC, that its files are of.</param>
/// <param name="Files">Files of the version.</param>
/// <param name="Rows">Candles in them.</param>
/// <param name="SizeBytes">Bytes of them.</param>
/// <param name="FilesWritten">Files that this run has written; the others are those of versions before.</param>
/// <param name="BytesWritten">Bytes of them.</param>
/// <param name="Error">Why it failed.</param>
public sealed record BulkRunView(
    long Id, string Status, string? RequestedBy, DateTime RequestedAt, DateTime? StartedAt, DateTime? CompletedAt, string? Node, int Attempts,
    DateTime? AsOf, int? Files, long? Rows, long? SizeBytes, int FilesWritten, long BytesWritten, string? Error)
{
    internal static BulkRunView Of(BulkRun run) => new(
        run.Id, run.Status, run.RequestedBy, run.RequestedAt, run.StartedAt, run.CompletedAt, run.Node, run.Attempts,
        run.AsOf, run.Files, run.Rows, run.SizeBytes, run.FilesWritten, run.BytesWritten, run.Error);
}
