using MarketData.Simulator.Market;

namespace MarketData.Simulator.Faults;

/// <summary>A bar on its way out, as faults may have left it.</summary>
internal readonly record struct Row
{
    /// <summary>The stamp as the provider gives it, Unix milliseconds.</summary>
    public required long Stamp { get; init; }

    /// <summary>Prices and volumes in the provider's own terms.</summary>
    public required Bar Bar { get; init; }

    /// <summary>Close adjusted for dividends too, where the provider has it.</summary>
    public double AdjustedClose { get; init; }

    /// <summary>Whether the prices are null.</summary>
    public bool PricesNull { get; init; }

    /// <summary>Whether the volume is null.</summary>
    public bool VolumeNull { get; init; }

    /// <summary>How its numbers are written.</summary>
    public NumberStyle Style { get; init; }
}
