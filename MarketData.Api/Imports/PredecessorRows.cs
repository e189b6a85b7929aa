using System.Runtime.CompilerServices;
using MarketData.Storage.Imports;

namespace MarketData.Api.Imports;

/// <summary>Rows of the predecessor's tables.</summary>
internal sealed class PredecessorRows(PredecessorReader reader, string table) : IBarRows
{
    private const int Portion = 1_024;

    /// <inheritdoc/>
    public IReadOnlyList<string> IgnoredColumns => [];

    /// <inheritdoc/>
    public bool HasVolume => true;

    /// <inheritdoc/>
    public bool HasSymbol => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<BarRow>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var (rows, count, line) = (new BarRow[Portion], 0, 0L);
        await foreach (var row in reader.ReadAsync(table, cancellation))
        {
            rows[count++] = new BarRow
            {
                Line = ++line,
                Symbol = row.Symbol,
                Timeframe = row.Timeframe,
                Stamp = new BarStamp(row.Candle.Timestamp, StampKind.Instant),
                Candle = row.Candle,
            };
            if (count < rows.Length)
                continue;
            yield return rows;
            count = 0;
        }

        if (count > 0)
            yield return rows.AsMemory(0, count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
