using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes comma-separated values: a header line, numbers that round-trip, nothing for null, notes separated by spaces.</summary>
public sealed class CsvExport(PipeWriter output) : ICandleExport
{
    private const int Portion = 32 * 1024;
    private const int SecondsLength = 19;
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * Portion);
    private bool _hasHeader;

    /// <inheritdoc/>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!_hasHeader)
            _buffer.Write(Encoding.UTF8.GetBytes(string.Join(',', batch.Columns.Select(column => column.ExportName)) + "\r\n"));
        _hasHeader = true;
        for (var row = 0; row < batch.Count; row++)
        {
            Write(batch, row);
            if (_buffer.WrittenCount >= Portion)
                await SendAsync(cancellation);
        }

        await SendAsync(cancellation);
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(CandleBatch batch, int row)
    {
        for (var i = 0; i < batch.Columns.Count; i++)
        {
            if (i > 0)
                _buffer.Write(","u8);
            var column = batch.Columns[i];
            switch (column.Kind)
            {
                case BatchColumnKind.Number when column.Numbers[row] is var number && !double.IsNaN(number):
                    Write(number);
                    break;
                case BatchColumnKind.Integer when column.Integers[row] is var integer and not BatchColumn.NullInteger:
                    Write(integer);
                    break;
                case BatchColumnKind.Instant:
                    Write(new DateTime(column.Integers[row], DateTimeKind.Utc));
                    break;
                case BatchColumnKind.Flag:
                    _buffer.Write(column.Flags[row] ? "true"u8 : "false"u8);
                    break;
                case BatchColumnKind.Text when column.Texts[row] is { } text:
                    Write(text);
                    break;
                case BatchColumnKind.Notes when column.Notes[row] is { } notes:
                    Write(string.Join(' ', notes));
                    break;
                default:
                    break;
            }
        }

        _buffer.Write("\r\n"u8);
    }

    private void Write(double number) => _buffer.Advance(ShortNumber.Write(number, _buffer.GetSpan(ShortNumber.MostLength)));

    private void Write(long number)
    {
        number.TryFormat(_buffer.GetSpan(ShortNumber.MostLength), out var written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    // ISO 8601; the fraction only where there is one.
    private void Write(DateTime instant)
    {
        var text = _buffer.GetSpan(ShortNumber.MostLength);
        Utf8Formatter.TryFormat(instant, text, out var written, 'O');
        if (instant.Ticks % TimeSpan.TicksPerSecond == 0)
            (text[SecondsLength], written) = ((byte)'Z', SecondsLength + 1);
        _buffer.Advance(written);
    }

    private void Write(string text)
    {
        if (text.AsSpan().ContainsAny(Special))
            text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Encoding.UTF8.GetBytes(text, _buffer);
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
    }
}
