namespace MarketData.Enrichment.Resilience;

/// <summary>What a circuit lets through; the values are those of the metric <c>marketdata.resilience.circuit.state</c>.</summary>
public enum CircuitState
{
    /// <summary>Every call.</summary>
    Closed = 0,

    /// <summary>One probe.</summary>
    HalfOpen = 1,

    /// <summary>None until the break is over.</summary>
    Open = 2,

    /// <summary>None until a person closes it.</summary>
    Isolated = 3,
}
