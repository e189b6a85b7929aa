using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes a JSON object a line.</summary>
public sealed class NdjsonExport(PipeWriter output) : ICandleExport
{
    private const int Portion = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * Portion);
    private readonly Utf8JsonWriter _json = new(Stream.Null, CandleJson.Options);

    /// <inheritdoc/>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var names = CandleJson.NamesOf(batch);
        for (var row = 0; row < batch.Count; row++)
        {
            _json.Reset(_buffer);
            CandleJson.WriteRow(_json, batch, names, row);
            _json.Flush();
            _buffer.Write("\n"u8);
            if (_buffer.WrittenCount >= Portion)
                await SendAsync(cancellation);
        }

        await SendAsync(cancellation);
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private async Task SendAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
    }
}
