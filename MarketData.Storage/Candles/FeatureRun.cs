using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>Computes a series' features from a checkpoint on and makes the checkpoints that come next. Not for two threads at once.</summary>
public sealed class FeatureRun
{
    /// <summary>Candles between two checkpoints that stay: what a read walks at most before its first row, in a millisecond or two.</summary>
    public const int Spacing = 1024;

    private readonly AdjustmentFactors _factors;
    private readonly DateTime? _markFrom;
    private readonly FeatureEngine _engine;
    private readonly FeatureTable _table;
    private readonly List<FeatureCheckpoint> _checkpoints = [];
    private Candle[] _adjusted = [];
    private int _candles;
    private DateTime? _last;

    /// <summary>A run that goes on from a point.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="factors">What candles are adjusted by.</param>
    /// <param name="markFrom">From here on candles may still be revised: the checkpoint before the first of them is kept, too.</param>
    internal FeatureRun(ResumePoint from, AdjustmentFactors factors, DateTime? markFrom)
    {
        (_engine, _factors, _candles, _last, _markFrom) = (from.Engine, factors, from.Candles, from.After, markFrom);
        _table = new FeatureTable(from.Engine.Features);
    }

    /// <summary>How many values came out, those that are null not counted.</summary>
    public int Values { get; private set; }

    /// <summary>The checkpoints made so far.</summary>
    public IReadOnlyList<FeatureCheckpoint> Checkpoints => _checkpoints;

    /// <summary>The features of the last candle taken in.</summary>
    public LatestFeatures? Latest => _table.Count == 0
        ? null
        : new LatestFeatures(_table.Timestamps[^1], [.. _table.Features.Select((feature, i) => (feature, _table.Column(i)[^1]))]);

    /// <summary>Takes in the candles that follow, as traded.</summary>
    public void Append(ReadOnlySpan<Candle> candles)
    {
        while (!candles.IsEmpty)
        {
            var part = candles[..Math.Min(candles.Length, Spacing - _candles % Spacing)];
            if (_last is not null && _last < _markFrom && Following(part, _markFrom.Value) is var settled and >= 0)
            {
                if (settled == 0)
                    Save();
                else
                    part = part[..settled];
            }

            Compute(part);
            if (_candles % Spacing == 0)
                Save();
            candles = candles[part.Length..];
        }
    }

    /// <summary>Makes a checkpoint of what was taken in.</summary>
    public void Save()
    {
        if (_last is { } last && (_checkpoints.Count == 0 || _checkpoints[^1].Ts < last))
            _checkpoints.Add(new FeatureCheckpoint(!_factors.IsEmpty, last, _candles, _engine.SaveState()));
    }

    // The place of the first candle at or after an instant; -1 when there is none.
    private static int Following(ReadOnlySpan<Candle> candles, DateTime from)
    {
        for (var i = 0; i < candles.Length; i++)
        {
            if (candles[i].Timestamp >= from)
                return i;
        }

        return -1;
    }

    private void Compute(ReadOnlySpan<Candle> candles)
    {
        if (!_factors.IsEmpty)
        {
            if (_adjusted.Length < candles.Length)
                _adjusted = new Candle[Math.Max(candles.Length, Spacing)];
            candles.CopyTo(_adjusted);
            _factors.Adjust(_adjusted.AsSpan(0, candles.Length));
            candles = _adjusted.AsSpan(0, candles.Length);
        }

        _table.Clear();
        _engine.Append(candles, _table);
        (_last, _candles) = (candles[^1].Timestamp, _candles + candles.Length);
        Values += _table.CountValues();
    }
}
