using System.IO.Pipelines;
using MarketData.Bulk.Files;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes a Parquet file, Snappy-compressed, a row group a batch; timestamps are UTC in microseconds.</summary>
public sealed class ParquetExport : ICandleExport
{
    private readonly PipeStream _stream;
    private readonly CandleParquet _file;

    /// <summary>An export.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="facts">The file's metadata.</param>
    public ParquetExport(PipeWriter output, IReadOnlyDictionary<string, string>? facts = null)
    {
        _stream = new PipeStream(output);
        _file = new CandleParquet(_stream, facts);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        await _file.WriteAsync(batch, cancellation);
        await _stream.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        await _file.CompleteAsync();
        await _stream.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
