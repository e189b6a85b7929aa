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
        var line = _buffer.GetSpan(Length(batch, row));
        var length = 0;
        foreach (var column in batch.Columns)
        {
            length += column.Kind switch
            {
                BatchColumnKind.Number when column.Numbers[row] is var number && !double.IsNaN(number) => ShortNumber.Write(number, line[length..]),
                BatchColumnKind.Integer when column.Integers[row] is var integer and not BatchColumn.NullInteger => Write(integer, line[length..]),
                BatchColumnKind.Instant => Write(new DateTime(column.Integers[row], DateTimeKind.Utc), line[length..]),
                BatchColumnKind.Flag => Encoding.UTF8.GetBytes(column.Flags[row] ? "true" : "false", line[length..]),
                BatchColumnKind.Text when column.Texts[row] is { } text => Write(text, line[length..]),
                BatchColumnKind.Notes when column.Notes[row] is { } notes => Write(string.Join(' ', notes), line[length..]),
                _ => 0,
            };
            line[length++] = (byte)',';
        }

        // In the place of the last comma.
        "\r\n"u8.CopyTo(line[(length - 1)..]);
        _buffer.Advance(length + 1);
    }

    // Bytes that a line takes at most: three for a character, and each may be a quotation mark that is doubled.
    private static int Length(CandleBatch batch, int row)
    {
        var length = batch.Columns.Count * (ShortNumber.MostLength + 1) + 1;
        foreach (var column in batch.Columns)
        {
            if (column.Kind == BatchColumnKind.Text)
                length += 3 * (column.Texts[row]?.Length ?? 0);
            else if (column.Kind == BatchColumnKind.Notes && column.Notes[row] is { } notes)
                length += 3 * notes.Sum(note => note.Length + 1);
        }

        return length;
    }

    private static int Write(long number, Span<byte> text)
    {
        number.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    // ISO 8601; the fraction only where there is one.
    private static int Write(DateTime instant, Span<byte> text)
    {
        Utf8Formatter.TryFormat(instant, text, out var written, 'O');
        if (instant.Ticks % TimeSpan.TicksPerSecond == 0)
            (text[SecondsLength], written) = ((byte)'Z', SecondsLength + 1);
        return written;
    }

    private static int Write(string text, Span<byte> line)
    {
        if (text.AsSpan().ContainsAny(Special))
            text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return Encoding.UTF8.GetBytes(text, line);
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
    }
}
