using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>A page of candles or features, written as one JSON object.</summary>
/// <param name="list">The name of the list of rows.</param>
/// <param name="query">What was read.</param>
/// <param name="answer">How rows are given.</param>
/// <param name="rows">The rows.</param>
/// <param name="hasMore">Whether another page follows.</param>
/// <param name="cursorQuery">What the query of a cursor is known by.</param>
internal sealed class JsonPage(string list, CandleQuery query, AnswerShape answer, CandleBatch rows, bool hasMore, string cursorQuery)
{
    private const int Portion = 32 * 1024;

    /// <summary>Writes it.</summary>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Min(2 * Portion, 1024 + rows.Count * 512));
        await using var json = new Utf8JsonWriter(buffer, CandleJson.Options);
        var shaped = answer.Apply(rows);
        var names = CandleJson.NamesOf(shaped);
        json.WriteStartObject();
        json.WriteString("symbol", query.Instrument.Symbol.Value);
        json.WriteString("timeframe", query.TimeframeName);
        json.WriteStartArray(list);
        for (var row = 0; row < rows.Count; row++)
        {
            CandleJson.WriteRow(json, shaped, names, row);
            if (buffer.WrittenCount + json.BytesPending < Portion)
                continue;
            json.Flush();
            await output.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }

        json.WriteEndArray();
        json.WriteString("next_cursor", hasMore ? Next().ToString() : null);
        json.WriteEndObject();
        json.Flush();
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>The page as an answer.</summary>
    public StreamedAnswer Answer() => new(
        http =>
        {
            http.Response.ContentType = CandleFormat.Json.MediaType();
            return WriteAsync(http.Response.BodyWriter, http.RequestAborted);
        },
        () =>
        {
            rows.Dispose();
            return ValueTask.CompletedTask;
        });

    private SeriesCursor Next() =>
        new(query.Newest, rows.Timestamp(query.Newest && !query.Descending ? 0 : rows.Count - 1), cursorQuery);
}
