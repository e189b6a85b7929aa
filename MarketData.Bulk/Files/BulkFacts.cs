using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Storage.Bulk;

namespace MarketData.Bulk.Files;

/// <summary>What a bulk file says of its series, as metadata by the name <see cref="Key"/>: a JSON object, as exports have one.</summary>
public static class BulkFacts
{
    /// <summary>The name of the metadata.</summary>
    public const string Key = "marketdata";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The metadata of a partition's file. There is no instant in it: else its bytes would be others each night.</summary>
    public static IReadOnlyDictionary<string, string> Of(BulkPartition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var facts = new
        {
            Timeframe = partition.Interval.Name(),
            BulkManifest.Adjusted,
            partition.Period,
            Series = from one in partition.Series
                     select new
                     {
                         Symbol = one.Series.Instrument.Symbol.Value,
                         AssetClass = one.Series.Instrument.AssetClass.Name(),
                         one.Series.Name,
                         one.Series.Exchange,
                         one.Series.Currency,
                         one.Series.PriceUnit,
                         one.Series.Zone,
                     },
        };
        return new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(facts, Options) };
    }
}
