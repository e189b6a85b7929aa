using System.Runtime.CompilerServices;
using System.Text;
using MarketData.Domain.Candles;
using nietras.SeparatedValues;

namespace MarketData.Api.Imports;

/// <summary>Reads rows of a CSV file, UTF-8 or with a byte order mark; a line at a time, so that its size does not matter.</summary>
internal sealed class CsvRows : IBarRows
{
    private const int Portion = 1_024;
    private const string TooLong = "A line is longer than 16 million characters, or a quotation mark is never closed.";

    private static readonly string[] Statistics =
    [
        "open_interest", "funding_rate", "long_short_ratio", "long_liquidations", "short_liquidations", "taker_buy_volume", "taker_sell_volume",
    ];

    private readonly SepReader _reader;
    private readonly ColumnMapping _columns;
    private readonly BarReading _reading;
    private readonly bool _hasStatistics;
    private readonly int _width;
    private long _line = 1;

    private CsvRows(SepReader reader, BarReading reading)
    {
        (_reader, _reading) = (reader, reading);
        _columns = ColumnMapping.Of(reader.Header.ColNames, reading.Columns);
        _width = reader.Header.ColNames.Count;
        _hasStatistics = Array.Exists(Statistics, field => _columns[field] >= 0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> IgnoredColumns => _columns.Ignored;

    /// <inheritdoc/>
    public bool HasVolume => _columns["volume"] >= 0;

    /// <inheritdoc/>
    public bool HasSymbol => _columns["symbol"] >= 0;

    /// <summary>Reads the first line.</summary>
    /// <exception cref="UnreadableImportException">It does not name the columns.</exception>
    public static async Task<CsvRows> OpenAsync(Stream stream, BarReading reading, CancellationToken cancellation)
    {
        var encoding = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
        var separator = reading.Separator is { } said ? new Sep(said) : (Sep?)null;
        try
        {
            var reader = await Sep.Reader(options => options with
            {
                Sep = separator,
                Unescape = true,
                DisableColCountCheck = true,
                CreateToString = SepToString.PoolPerCol(maximumStringLength: 64),
                ColNameComparer = StringComparer.OrdinalIgnoreCase,
            }).FromAsync(text, cancellation);
            if (reader.IsEmpty || reader.Header.ColNames.All(string.IsNullOrWhiteSpace))
                throw new UnreadableImportException("body", "There is nothing in the file.");
            return new CsvRows(reader, reading);
        }
        catch (DecoderFallbackException)
        {
            throw NotText();
        }
        catch (ArgumentException e) when (e is not ArgumentNullException)
        {
            // Two columns of one name.
            throw new UnreadableImportException("columns", $"The first line does not name the columns: {e.Message}");
        }
        catch (NotSupportedException)
        {
            throw new UnreadableImportException("line 1", TooLong);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<BarRow>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = new BarRow[Portion];
        while (await FillAsync(rows, cancellation) is var count and > 0)
            yield return rows.AsMemory(0, count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }

    private static UnreadableImportException NotText() =>
        new("body", "The file is no text in UTF-8. A Parquet file is sent as application/vnd.apache.parquet, or with format=parquet.");

    private async Task<int> FillAsync(BarRow[] rows, CancellationToken cancellation)
    {
        var count = 0;
        try
        {
            while (count < rows.Length && await _reader.MoveNextAsync(cancellation))
            {
                _line = _reader.Current.LineNumberToExcl - 1;
                if (Read(_reader.Current, ref rows[count]))
                    count++;
            }

            return count;
        }
        catch (DecoderFallbackException)
        {
            throw NotText();
        }
        catch (NotSupportedException)
        {
            throw new UnreadableImportException($"line {_line + 1}", TooLong);
        }
    }

    // An empty line is none.
    private bool Read(SepReader.Row row, ref BarRow bar)
    {
        if (row.ColCount == 1 && row[0].Span.IsWhiteSpace())
            return false;
        bar = new BarRow { Line = row.LineNumberFrom };
        bar.Symbol = Text(row, "symbol");
        bar.Timeframe = Text(row, "timeframe");
        bar.Flaw = Shape(row) ?? ReadTime(row, ref bar) ?? ReadValues(row, ref bar);
        return true;
    }

    // A separator at the end of each line is harmless.
    private RowFlaw? Shape(SepReader.Row row) => row.ColCount == _width || (row.ColCount == _width + 1 && row[_width].Span.IsEmpty)
        ? null
        : new RowFlaw(
            null, null,
            $"has {row.ColCount} columns, and the first line {_width}; a value that holds the separator must stand in quotation marks.");

    private RowFlaw? ReadTime(SepReader.Row row, ref BarRow bar)
    {
        var text = Span(row, "time");
        if (_columns["date"] >= 0)
            text = $"{Span(row, "date")} {text}";
        return _reading.Times.TryRead(text, out bar.Stamp) ? null : Flaw("time", text, text.IsEmpty ? "is empty." : _reading.Times.Requirement);
    }

    private RowFlaw? ReadValues(SepReader.Row row, ref BarRow bar)
    {
        if (Price(row, "open", out var open) is { } noOpen)
            return noOpen;
        if (Price(row, "high", out var high) is { } noHigh)
            return noHigh;
        if (Price(row, "low", out var low) is { } noLow)
            return noLow;
        if (Price(row, "close", out var close) is { } noClose)
            return noClose;
        if (Optional(row, "volume", 0, out var volume) is { } noVolume)
            return noVolume;
        if (Optional(row, "vwap", double.NaN, out var vwap) is { } noAverage)
            return noAverage;
        if (Optional(row, "trade_count", double.NaN, out var trades) is { } noCount)
            return noCount;
        bar.Candle = new Candle
        {
            Timestamp = default,
            Open = open,
            High = high,
            Low = low,
            Close = close,
            Volume = volume,
            Vwap = vwap,
            TradeCount = double.IsNaN(trades) ? null : (long)trades,
        };
        return _hasStatistics ? ReadStatistics(row, ref bar) : null;
    }

    private RowFlaw? ReadStatistics(SepReader.Row row, ref BarRow bar)
    {
        Span<double> values = stackalloc double[Statistics.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (Optional(row, Statistics[i], double.NaN, out values[i]) is { } flaw)
                return flaw;
        }

        bar.Candle = bar.Candle with
        {
            OpenInterest = values[0],
            FundingRate = values[1],
            LongShortRatio = values[2],
            LongLiquidations = values[3],
            ShortLiquidations = values[4],
            TakerBuyVolume = values[5],
            TakerSellVolume = values[6],
        };
        return null;
    }

    private RowFlaw? Price(SepReader.Row row, string field, out double number)
    {
        var text = Span(row, field);
        return _reading.Numbers.TryRead(text, out number)
            ? null
            : Flaw(field, text, text.IsWhiteSpace() ? "is empty." : _reading.Numbers.Requirement);
    }

    private RowFlaw? Optional(SepReader.Row row, string field, double otherwise, out double number)
    {
        var text = Span(row, field);
        number = otherwise;
        return text.IsWhiteSpace() || _reading.Numbers.TryRead(text, out number) ? null : Flaw(field, text, _reading.Numbers.Requirement);
    }

    private RowFlaw Flaw(string field, ReadOnlySpan<char> value, string reason) =>
        new(_columns.ColumnOf(field), value.Length > 60 ? $"{value[..60]}…" : value.ToString(), reason);

    private string? Text(SepReader.Row row, string field) =>
        _columns[field] is var place && place >= 0 && place < row.ColCount ? row[place].ToString() : null;

    private ReadOnlySpan<char> Span(SepReader.Row row, string field) =>
        _columns[field] is var place && place >= 0 && place < row.ColCount ? row[place].Span : default;
}
