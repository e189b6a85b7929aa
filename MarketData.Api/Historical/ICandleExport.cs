using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes candles to a client in one format, a batch at a time.</summary>
public interface ICandleExport : IAsyncDisposable
{
    /// <summary>Writes a batch, and waits while the client is slower than the database.</summary>
    Task WriteAsync(CandleBatch batch, CancellationToken cancellation);

    /// <summary>Writes what comes after the last batch.</summary>
    Task CompleteAsync(CancellationToken cancellation);
}
