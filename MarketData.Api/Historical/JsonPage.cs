using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>A page of candles or features, written as one JSON object.</summary>
/// <param name="list">The name of the list of rows.</param>
/// <param name="query">What was read.</param>
/// <param name="rows">The rows.</param>
/// <param name="hasMore">Whether another page follows.</param>
/// <param name="cursorQuery">What the query of a cursor is known by.</param>
internal sealed class JsonPage(string list, CandleQuery query, CandleBatch rows, bool hasMore, string cursorQuery)
{
    private const int Portion = 32 * 1024;

    /// <summary>Writes it.</summary>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Min(2 * Portion, 1024 + rows.Count * 512));
        await using var json = new Utf8JsonWriter(buffer, CandleJson.Options);
        var names = CandleJson.NamesOf(rows);
        json.WriteStartObject();
        json.WriteString("symbol", query.Instrument.Symbol.Value);
        json.WriteString("timeframe", query.Interval.Name());
        json.WriteStartArray(list);
        for (var row = 0; row < rows.Count; row++)
        {
            CandleJson.WriteRow(json, rows, names, row);
            if (buffer.WrittenCount + json.BytesPending < Portion)
                continue;
            json.Flush();
            await output.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }

        json.WriteEndArray();
        var next = hasMore ? new SeriesCursor(query.Newest, rows.Timestamp(query.Newest ? 0 : rows.Count - 1), cursorQuery) : (SeriesCursor?)null;
        json.WriteString("next_cursor", next?.ToString());
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
}
