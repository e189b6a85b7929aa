using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes one JSON object with a list of all rows.</summary>
/// <param name="output">Where to.</param>
/// <param name="begin">Writes what comes before the list.</param>
/// <param name="list">The name of the list.</param>
public sealed class JsonExport(PipeWriter output, Action<Utf8JsonWriter> begin, string list = "candles") : ICandleExport
{
    private const int Portion = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * Portion);
    private Utf8JsonWriter? _json;

    /// <inheritdoc/>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (json, names) = (_json ?? Begin(), CandleJson.NamesOf(batch));
        for (var row = 0; row < batch.Count; row++)
        {
            CandleJson.WriteRow(json, batch, names, row);
            if (_buffer.WrittenCount + json.BytesPending >= Portion)
                await SendAsync(json, cancellation);
        }

        await SendAsync(json, cancellation);
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation)
    {
        var json = _json ?? Begin();
        json.WriteEndArray();
        json.WriteEndObject();
        return SendAsync(json, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _json?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Utf8JsonWriter Begin()
    {
        _json = new Utf8JsonWriter(_buffer, CandleJson.Options);
        _json.WriteStartObject();
        begin(_json);
        _json.WriteStartArray(list);
        return _json;
    }

    private async Task SendAsync(Utf8JsonWriter json, CancellationToken cancellation)
    {
        json.Flush();
        await output.WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
    }
}
