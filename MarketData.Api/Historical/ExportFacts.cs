using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>What a file of candles says of its series, as metadata by the name <see cref="Key"/>: a JSON object.</summary>
internal static class ExportFacts
{
    /// <summary>The name of the metadata.</summary>
    public const string Key = "marketdata";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The metadata of an answer.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, int? decimals = null) =>
        new Dictionary<string, string>
        {
            [Key] = JsonSerializer.Serialize(
                new
                {
                    Timeframe = shape.TimeframeName,
                    Adjusted = Adjustment.Name(shape.Adjusted, shape.SplitsOnly),
                    shape.AsOf,
                    Order = shape.Descending ? "desc" : "asc",
                    Decimals = decimals,
                    Series = series.Select(one => new
                    {
                        Symbol = one.Series.Instrument.Symbol.Value,
                        AssetClass = one.Series.Instrument.AssetClass.Name(),
                        one.Series.Name,
                        one.Series.Exchange,
                        one.Series.Currency,
                        one.Series.PriceUnit,
                        one.Series.Zone,
                        ResampledFrom = shape.Resampled is null ? null : one.Query.Interval.Name(),
                    }),
                },
                Options),
        };
}
