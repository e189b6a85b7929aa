using Polly.CircuitBreaker;

namespace MarketData.Enrichment.Resilience;

/// <summary>The circuit states by name, <c>closed half_open open isolated</c>, and as the metric <c>marketdata.resilience.circuit.state</c>, 0 to 3.</summary>
public static class CircuitStates
{
    private static readonly string[] ByValue = ["closed", "half_open", "open", "isolated"];

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

    /// <summary>The metric's value of a state.</summary>
    /// <param name="name">One of the four names.</param>
    public static int Value(string name) => Array.IndexOf(ByValue, name);
}
