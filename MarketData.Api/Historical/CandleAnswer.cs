using System.Globalization;
using System.IO.Pipelines;
using MarketData.Storage.Candles;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Historical;

/// <summary>Streams a whole range of candles from the database to the socket.</summary>
internal static class CandleAnswer
{
    /// <summary>Rows that a format wants at a time: a Parquet row group holds more than a portion of text.</summary>
    public static int BatchRows(this CandleFormat format) => format switch
    {
        CandleFormat.Parquet => 32_768,
        CandleFormat.Arrow => 8_192,
        _ => 1_024,
    };

    /// <summary>Sets the headers that tell what comes, and how a browser should name it.</summary>
    public static void Describe(HttpResponse response, CandleFormat format, CandleQuery query, StoredSeries series)
    {
        response.ContentType = format.MediaType() + (format == CandleFormat.Csv ? "; charset=utf-8; header=present" : "");
        var range = (query.From ?? series.First, query.To ?? series.Last) is ({ } first, { } last)
            ? string.Create(CultureInfo.InvariantCulture, $"_{first:yyyy-MM-dd}_{last:yyyy-MM-dd}")
            : "";
        var name = $"{query.Instrument.Symbol}_{Domain.Candles.BarIntervals.Name(query.Interval)}{range}.{format.Name()}";
        response.GetTypedHeaders().ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"\"{name}\"" };
    }

    /// <summary>The writer of a format.</summary>
    public static ICandleExport Export(this CandleFormat format, PipeWriter output) => format switch
    {
        CandleFormat.Ndjson => new NdjsonExport(output),
        CandleFormat.Csv => new CsvExport(output),
        CandleFormat.Parquet => new ParquetExport(output),
        CandleFormat.Arrow => new ArrowExport(output),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Pages are not exported."),
    };
}
