using Polly.CircuitBreaker;

namespace MarketData.Enrichment.Resilience;

/// <summary>The circuit states by name, <c>closed half_open open isolated</c>.</summary>
public static class CircuitStates
{
    /// <summary>The state's name in tables, metrics and the API.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined state.</exception>
    public static string Name(this CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half_open",
        CircuitState.Open => "open",
        CircuitState.Isolated => "isolated",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a circuit state."),
    };
}
