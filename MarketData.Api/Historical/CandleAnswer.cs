using System.Globalization;
using System.IO.Pipelines;
using MarketData.Storage.Candles;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Historical;

/// <summary>Streams a whole range of candles from the database to the socket.</summary>
internal static class CandleAnswer
{
    /// <summary>The range as an answer: its first batch is read here, the others while it is written.</summary>
    public static async Task<StreamedAnswer> ExportAsync(
        CandleReader reader, StoredSeries series, CandleQuery query, CandleFormat format, CancellationToken cancellation)
    {
        var batches = reader.StreamAsync(query, series, BatchRows(format), cancellation).GetAsyncEnumerator(cancellation);
        var answer = new StreamedAnswer(
            http =>
            {
                Describe(http.Response, format, query, series);
                return WriteAsync(batches, Export(format, http.Response.BodyWriter), cancellation);
            },
            batches.DisposeAsync);
        try
        {
            await batches.MoveNextAsync();
            return answer;
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    private static async Task WriteAsync(IAsyncEnumerator<CandleBatch> batches, ICandleExport export, CancellationToken cancellation)
    {
        await using (export)
        {
            do
            {
                await export.WriteAsync(batches.Current, cancellation);
            }
            while (await batches.MoveNextAsync());

            await export.CompleteAsync(cancellation);
        }
    }

    // What comes, and how a browser should name it.
    private static void Describe(HttpResponse response, CandleFormat format, CandleQuery query, StoredSeries series)
    {
        response.ContentType = format.MediaType() + (format == CandleFormat.Csv ? "; charset=utf-8; header=present" : "");
        var range = (query.From ?? series.First, query.To ?? series.Last) is ({ } first, { } last)
            ? string.Create(CultureInfo.InvariantCulture, $"_{first:yyyy-MM-dd}_{last:yyyy-MM-dd}")
            : "";
        var name = $"{query.Instrument.Symbol}_{Domain.Candles.BarIntervals.Name(query.Interval)}{range}.{format.Name()}";
        response.GetTypedHeaders().ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"\"{name}\"" };
    }

    // Rows that a format wants at a time: a Parquet row group holds more than a portion of text.
    private static int BatchRows(CandleFormat format) => format switch
    {
        CandleFormat.Parquet => 32_768,
        CandleFormat.Arrow => 8_192,
        _ => 1_024,
    };

    private static ICandleExport Export(CandleFormat format, PipeWriter output) => format switch
    {
        CandleFormat.Ndjson => new NdjsonExport(output),
        CandleFormat.Csv => new CsvExport(output),
        CandleFormat.Parquet => new ParquetExport(output),
        CandleFormat.Arrow => new ArrowExport(output),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Pages are not exported."),
    };
}
