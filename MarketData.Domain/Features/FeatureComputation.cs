using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketData.Domain.Features;

/// <summary>A feature under way over one series: fed block after block, it can be put aside and taken up again between any two candles.</summary>
internal abstract class FeatureComputation
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public virtual int StateSize => 0;

    /// <summary>Computes a value for each candle of the block.</summary>
    public abstract void Compute(in FeatureBlock block, Span<double> values);

    /// <summary>Writes what has to be known to go on.</summary>
    public virtual void Save(Span<byte> target)
    {
    }

    /// <summary>Goes on from what was saved.</summary>
    public virtual void Load(ReadOnlySpan<byte> source)
    {
    }
}

/// <summary>A computation whose state is one plain struct.</summary>
internal abstract class FeatureComputation<TState> : FeatureComputation where TState : unmanaged
{
    private protected TState State;

    public override int StateSize => Unsafe.SizeOf<TState>();

    public override void Save(Span<byte> target) => MemoryMarshal.Write(target, in State);

    public override void Load(ReadOnlySpan<byte> source) => State = MemoryMarshal.Read<TState>(source);
}
