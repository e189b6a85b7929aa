using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes a page of candles or features as one JSON object.</summary>
internal static class JsonPage
{
    private const int Portion = 32 * 1024;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="series">The symbol and its interval.</param>
    /// <param name="list">The name of the list of rows.</param>
    /// <param name="page">The rows.</param>
    /// <param name="next">Where the next page begins; null on the last one.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task WriteAsync(
        PipeWriter output, (Symbol Symbol, BarInterval Interval) series, string list, CandleBatch page, SeriesCursor? next, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Min(2 * Portion, 1024 + page.Count * 512));
        await using var json = new Utf8JsonWriter(buffer, CandleJson.Options);
        var names = CandleJson.NamesOf(page);
        json.WriteStartObject();
        json.WriteString("symbol", series.Symbol.Value);
        json.WriteString("timeframe", series.Interval.Name());
        json.WriteStartArray(list);
        for (var row = 0; row < page.Count; row++)
        {
            CandleJson.WriteRow(json, page, names, row);
            if (buffer.WrittenCount + json.BytesPending < Portion)
                continue;
            json.Flush();
            await output.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }

        json.WriteEndArray();
        json.WriteString("next_cursor", next?.ToString());
        json.WriteEndObject();
        json.Flush();
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
    }
}
