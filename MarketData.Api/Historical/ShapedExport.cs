using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Gives rows the shape that was asked for before another export writes them.</summary>
/// <param name="shape">The shape.</param>
/// <param name="inner">The other export.</param>
internal sealed class ShapedExport(AnswerShape shape, ICandleExport inner) : ICandleExport
{
    /// <inheritdoc/>
    public Task WriteAsync(CandleBatch batch, CancellationToken cancellation) => inner.WriteAsync(shape.Apply(batch), cancellation);

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation) => inner.CompleteAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
