using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Storage.Bulk;

namespace MarketData.Bulk.Files;

/// <summary>What is written beside the Parquet files, for engines: a manifest of each version, and what points to the newest.</summary>
public static class BulkManifest
{
    /// <summary>The path of the pointer to the newest version.</summary>
    public const string Latest = "latest.json";

    /// <summary>What the files' prices are adjusted for.</summary>
    public const string Adjusted = "splits";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The path of a version's manifest.</summary>
    public static string PathOf(long version) => $"versions/{version}.json";

    /// <summary>The path of the list of the newest version's files of an interval, a URI a line, as Hive's SymlinkTextInputFormat reads it.</summary>
    public static string ListOf(string timeframe) => $"latest/{timeframe}/files.txt";

    /// <summary>The manifest of a version.</summary>
    public static string Text(long version, DateTime asOf, IEnumerable<BulkFile> files) => JsonSerializer.Serialize(
        new
        {
            Version = version,
            AsOf = asOf,
            Adjusted,
            Files = files.Select(file => new
            {
                file.Path,
                file.Timeframe,
                Period = BulkPartition.PeriodOf(BarIntervals.Parse(file.Timeframe), file.PeriodFrom),
                file.PeriodFrom,
                file.PeriodUntil,
                file.FirstTs,
                file.LastTs,
                file.Rows,
                file.Series,
                file.SizeBytes,
                file.Sha256,
            }),
        },
        Options);

    /// <summary>The pointer to a version.</summary>
    public static string Pointer(long version, DateTime asOf) =>
        JsonSerializer.Serialize(new { Version = version, AsOf = asOf, Manifest = PathOf(version) }, Options);
}
