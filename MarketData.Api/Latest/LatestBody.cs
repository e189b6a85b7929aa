using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using MarketData.Api.Historical;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Latest;

/// <summary>
/// The newest candles as JSON but for their ages, which change by the second. To write two hundred thousand features takes longer than all else in
/// an answer of 5,000 symbols.
/// </summary>
internal sealed class LatestBody
{
    private const int Portion = 64 * 1024;
    private const int LongestAge = 20;

    private readonly byte[] _text;
    private readonly int[] _ages;

    private LatestBody(byte[] text, int[] ages) => (_text, _ages) = (text, ages);

    // The name comes after values that hold no quotes but escaped ones, so the first one found is it.
    private static ReadOnlySpan<byte> AgeName => "\"age_seconds\":"u8;

    /// <summary>Writes it.</summary>
    public static LatestBody Of(LatestRows rows)
    {
        var batch = rows.At(DateTime.UnixEpoch);
        var names = CandleJson.NamesOf(batch);
        var (row, text, ages) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>(), new int[batch.Count]);
        using var json = new Utf8JsonWriter(row, CandleJson.Options);
        json.WriteStartArray();
        for (var i = 0; i < batch.Count; i++)
        {
            CandleJson.WriteRow(json, batch, names, i);
            json.Flush();
            var written = row.WrittenSpan;
            var age = written.IndexOf(AgeName) + AgeName.Length;
            text.Write(written[..age]);
            ages[i] = text.WrittenCount;
            text.Write(written[(age + written[age..].IndexOfAny((byte)',', (byte)'}'))..]);
            row.ResetWrittenCount();
        }

        json.WriteEndArray();
        json.Flush();
        text.Write(row.WrittenSpan);
        return new(text.WrittenSpan.ToArray(), ages);
    }

    /// <summary>Sends it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="interval">The interval of the candles.</param>
    /// <param name="now">The instant of the answer, UTC.</param>
    /// <param name="ages">Each candle's age at it, whole seconds.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task WriteAsync(PipeWriter output, BarInterval interval, DateTime now, double[] ages, CancellationToken cancellation)
    {
        Begin(output, interval, now);
        var (from, sent) = (0, 0);
        for (var i = 0; i < _ages.Length; i++)
        {
            output.Write(_text.AsSpan(from, _ages[i] - from));
            ((long)ages[i]).TryFormat(output.GetSpan(LongestAge), out var digits, default, CultureInfo.InvariantCulture);
            output.Advance(digits);
            from = _ages[i];
            if (from - sent < Portion)
                continue;
            sent = from;
            await output.FlushAsync(cancellation);
        }

        output.Write(_text.AsSpan(from));
        output.Write("}"u8);
        await output.FlushAsync(cancellation);
    }

    private static void Begin(PipeWriter output, BarInterval interval, DateTime now)
    {
        using var json = new Utf8JsonWriter(output, CandleJson.Options);
        json.WriteStartObject();
        json.WriteString("timeframe", interval.Name());
        json.WriteString("at", now);
        json.WritePropertyName("candles");
    }
}
