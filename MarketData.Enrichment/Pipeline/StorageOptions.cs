namespace MarketData.Enrichment.Pipeline;

/// <summary>How candles are kept. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Days after which TimescaleDB compresses candles, 7 to 36,500; 0 for never. Nothing without TimescaleDB.</summary>
    public int CompressAfterDays { get; set; } = 30;

    /// <summary>How much of an interval's candles is in one partition.</summary>
    public PartitionOptions PartitionMonths { get; set; } = new();

    /// <summary>How long candles are kept.</summary>
    public CandleRetentionOptions Retention { get; set; } = new();
}
