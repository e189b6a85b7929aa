using System.Runtime.CompilerServices;
using MarketData.Domain.Adjustments;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads any number of candles in constant memory.</summary>
internal static class CandleStream
{
    /// <summary>Reads what a query asks for but features, adjusted, a batch at a time; each batch is valid until the next is asked for.</summary>
    public static async IAsyncEnumerable<CandleBatch> ReadAsync(
        NpgsqlConnection connection, string name, int seriesId, CandleQuery query, AdjustmentFactors factors, int batchRows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var batch = new CandleBatch(query, Math.Min(query.Limit ?? batchRows, batchRows));
        await using var rows = await BinaryCopyReader.BeginAsync(
            connection, name, CandleSql.Select(query, seriesId, descending: false, query.Limit), cancellation);
        var more = true;
        do
        {
            batch.Clear();
            while (!batch.IsFull && (more = await rows.ReadAsync(cancellation)))
                batch.Add(rows.Row);
            batch.Adjust(factors);
            yield return batch;
        }
        while (more);
    }
}
