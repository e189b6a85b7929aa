using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Storage.Candles;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Historical;

/// <summary>Streams a whole range of candles from the database, through a spool, to the socket.</summary>
internal static class CandleAnswer
{
    /// <summary>The ranges as an answer: the first batch is read here, the others while it is written, as fast as the database gives them.</summary>
    /// <param name="reader">Reads them.</param>
    /// <param name="shape">What is the same for all series.</param>
    /// <param name="series">Each series with its query, in the order in which they are given.</param>
    /// <param name="format">The form.</param>
    /// <param name="answer">How rows are given.</param>
    /// <param name="space">Room for what the client has not taken yet.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<StreamedAnswer> ExportAsync(
        CandleReader reader, CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, CandleFormat format,
        AnswerShape answer, SpoolSpace space, CancellationToken cancellation)
    {
        var batches = reader.StreamAsync(shape, series, BatchRows(format), cancellation).GetAsyncEnumerator(cancellation);
        var streamed = new StreamedAnswer(
            http =>
            {
                SetType(http.Response, format, ExportName.Of(shape, series, answer.Zone));
                return SendAsync(http.Response.BodyWriter, batches, Begin, space, cancellation);
            },
            batches.DisposeAsync);
        try
        {
            await batches.MoveNextAsync();
            return streamed;
        }
        catch
        {
            await streamed.DisposeAsync();
            throw;
        }

        ICandleExport Begin(PipeWriter output)
        {
            var facts = ExportFacts.Of(shape, series, answer.Decimals);
            var export = Export(format, output, json => json.WriteString("timeframe", shape.TimeframeName), facts);
            return answer.IsPlain ? export : new ShapedExport(answer, export);
        }
    }

    private static async Task SendAsync(
        PipeWriter output, IAsyncEnumerator<CandleBatch> batches, Func<PipeWriter, ICandleExport> export, SpoolSpace space,
        CancellationToken cancellation)
    {
        await using var spool = new ExportSpool(space);
        var reading = Task.Run(() => ReadAsync(batches, export, spool, cancellation), CancellationToken.None);
        try
        {
            await spool.SendAsync(output, cancellation);
        }
        finally
        {
            spool.Abandon();
            await reading;
        }
    }

    // Whatever ends it is the sender's to tell, after what was read before.
    private static async Task ReadAsync(
        IAsyncEnumerator<CandleBatch> batches, Func<PipeWriter, ICandleExport> export, ExportSpool spool, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            var output = PipeWriter.Create(spool, new StreamPipeWriterOptions(leaveOpen: true));
            await WriteAsync(batches, export(output), cancellation);
            await output.CompleteAsync();
        }
#pragma warning disable CA1031 // It is thrown again, by the sender.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        // The connection goes back now, however long the client takes.
        await batches.DisposeAsync();
        spool.Complete(failure);
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

    /// <summary>Says what comes, and how a browser should name it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="format">Its form; JSON is shown and not saved.</param>
    /// <param name="name">The name of the file, without an extension.</param>
    public static void SetType(HttpResponse response, CandleFormat format, string name)
    {
        response.ContentType = format.MediaType() + (format == CandleFormat.Csv ? "; charset=utf-8; header=present" : "");
        if (format != CandleFormat.Json)
        {
            response.GetTypedHeaders().ContentDisposition =
                new ContentDispositionHeaderValue("attachment") { FileName = $"\"{name}.{format.Name()}\"" };
        }
    }

    /// <summary>Writes rows in a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="output">Where to.</param>
    /// <param name="begin">Writes what a JSON object has before its list of rows.</param>
    /// <param name="facts">The metadata of a file that can have any.</param>
    public static ICandleExport Export(
        CandleFormat format, PipeWriter output, Action<Utf8JsonWriter> begin, IReadOnlyDictionary<string, string>? facts = null) => format switch
        {
            CandleFormat.Json => new JsonExport(output, begin),
            CandleFormat.Ndjson => new NdjsonExport(output),
            CandleFormat.Csv => new CsvExport(output),
            CandleFormat.Parquet => new ParquetExport(output, facts),
            CandleFormat.Arrow => new ArrowExport(output, facts),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a form of candles."),
        };

    // Rows that a format wants at a time: a Parquet row group holds more than a portion of text.
    private static int BatchRows(CandleFormat format) => format switch
    {
        CandleFormat.Parquet => 32_768,
        CandleFormat.Arrow => 8_192,
        _ => 1_024,
    };
}
