using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>Computes features over the candles of one series as they come, by engines that may begin at different candles.</summary>
internal sealed class FeatureWalk
{
    private readonly List<(FeatureEngine Engine, DateTime? After)> _engines = [];
    private readonly List<FeatureTable> _tables = [];

    /// <summary>Adds an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="after">Opening instant of the last candle that it has taken in, UTC; null where that makes no difference.</param>
    public void Add(FeatureEngine engine, DateTime? after = null)
    {
        _engines.Add((engine, after));
        _tables.Add(new FeatureTable(engine.Features));
    }

    /// <summary>Forgets the values, and nothing that later ones depend on.</summary>
    public void Clear() => _tables.ForEach(table => table.Clear());

    /// <summary>Takes in the candles that follow.</summary>
    public void Append(ReadOnlySpan<Candle> candles)
    {
        for (var i = 0; i < _engines.Count; i++)
        {
            var (engine, after) = _engines[i];
            engine.Append(after is { } last ? candles[CountUntil(candles, last)..] : candles, _tables[i]);
        }
    }

    /// <summary>Takes in the rows of a batch from one on, and gives each its features.</summary>
    public void Complete(CandleBatch batch, int start)
    {
        Clear();
        Append(batch.Candles(start));
        batch.SetFeatures(_tables, start);
    }

    /// <summary>Gives the rows of a batch the features of the candles that were taken in.</summary>
    public void Give(CandleBatch batch) => batch.SetFeatures(_tables, 0);

    private static int CountUntil(ReadOnlySpan<Candle> candles, DateTime last)
    {
        var count = 0;
        while (count < candles.Length && candles[count].Timestamp <= last)
            count++;
        return count;
    }
}
