using MarketData.Storage.Candles;

namespace MarketData.Bulk;

/// <summary>Counts what goes into a file.</summary>
internal sealed class BulkCounts
{
    private string? _symbol;

    /// <summary>Candles.</summary>
    public long Rows { get; private set; }

    /// <summary>Series with candles.</summary>
    public int Series { get; private set; }

    /// <summary>Opening instant of the oldest candle, UTC.</summary>
    public DateTime First { get; private set; } = DateTime.MaxValue;

    /// <summary>Opening instant of the newest candle, UTC.</summary>
    public DateTime Last { get; private set; } = DateTime.MinValue;

    /// <summary>Takes in rows, which come by symbol.</summary>
    public void Add(CandleBatch batch)
    {
        var symbols = batch.Columns[0].Texts;
        for (var row = 0; row < batch.Count; row++)
        {
            var instant = batch.Timestamp(row);
            (First, Last) = (instant < First ? instant : First, instant > Last ? instant : Last);
            if (symbols[row] != _symbol)
                (_symbol, Series) = (symbols[row], Series + 1);
        }

        Rows += batch.Count;
    }
}
