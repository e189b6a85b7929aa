using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Storage.Bulk;

/// <summary>A run that writes bulk files, or did.</summary>
public sealed record BulkRun
{
    /// <summary>The run's number, and the version's when it came to one.</summary>
    public required long Id { get; init; }

    /// <summary>
    /// <c>queued</c>, <c>running</c>, <c>completed</c> (with a new version), <c>unchanged</c> (nothing to write) or <c>failed</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Who asked for it, when known; <c>schedule</c> for the nightly one.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime RequestedAt { get; init; }

    /// <summary>When it began, UTC; null while it waits.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended, UTC; null before.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>The node that worked on it last.</summary>
    public string? Node { get; init; }

    /// <summary>How often a node took it up: more than once where one died or was stopped.</summary>
    public int Attempts { get; init; }

    /// <summary>Where its files are: a folder, or <c>s3://bucket/prefix</c>.</summary>
    public string? Target { get; init; }

    /// <summary>The instant, UTC, that its files are of: everything that was committed before is in them.</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>Files of the version.</summary>
    public int? Files { get; init; }

    /// <summary>Candles in them.</summary>
    public long? Rows { get; init; }

    /// <summary>Bytes of them.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Files that the run has written; the others of the version are those of versions before.</summary>
    public int FilesWritten { get; init; }

    /// <summary>Bytes of them.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Error { get; init; }
}

/// <summary>A Parquet file of all candles of an interval in a month or a year.</summary>
public sealed record BulkFile
{
    /// <summary>Its name, such as <c>1d_2024_0f3a….parquet</c>: the interval, the period, and the beginning of the checksum.</summary>
    public required string File { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The beginning of the period, UTC.</summary>
    public required DateTime PeriodFrom { get; init; }

    /// <summary>The end of the period, exclusive, UTC.</summary>
    public required DateTime PeriodUntil { get; init; }

    /// <summary>Opening instant of the oldest candle, UTC.</summary>
    public required DateTime FirstTs { get; init; }

    /// <summary>Opening instant of the newest candle, UTC.</summary>
    public required DateTime LastTs { get; init; }

    /// <summary>Candles.</summary>
    public required long Rows { get; init; }

    /// <summary>Series with candles in it.</summary>
    public required int Series { get; init; }

    /// <summary>Bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The path below the target: a folder for each interval.</summary>
    public string Path => PathOf(Timeframe, File);

    /// <summary>The path of a file below the target.</summary>
    public static string PathOf(string timeframe, string file) => $"{timeframe}/{file}";
}

/// <summary>The newest file of a period.</summary>
public sealed record BulkPartitionRow
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The beginning of the period, UTC.</summary>
    public required DateTime PeriodFrom { get; init; }

    /// <summary>The file; null when the period has no candles.</summary>
    public string? File { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>A digest of what it follows from beside candles.</summary>
    public required string Basis { get; init; }

    /// <summary>A digest of the marks that it takes in.</summary>
    public required string Marks { get; init; }
}

/// <summary>A series with what its files say of it.</summary>
/// <param name="Series">What there is of it.</param>
/// <param name="Interval">The interval.</param>
/// <param name="Splits">The splits that its prices are adjusted by, as text; null for none.</param>
public sealed record BulkSeries(StoredSeries Series, BarInterval Interval, string? Splits);

/// <summary>What was changed in a series since its files were last written.</summary>
public sealed record BulkMark
{
    /// <summary>The series.</summary>
    public required int SeriesId { get; init; }

    /// <summary>The first instant that changed, UTC.</summary>
    public required DateTime ChangedFrom { get; init; }

    /// <summary>The last, UTC.</summary>
    public required DateTime ChangedUntil { get; init; }

    /// <summary>Another one with every change.</summary>
    public required Guid Token { get; init; }
}
