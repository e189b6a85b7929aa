namespace MarketData.Domain.Features;

/// <summary>A number, or a label, computed for each candle from it and the candles before it.</summary>
/// <param name="name">The name in the API, the database and exports.</param>
/// <param name="version">Grows when the definition changes: values of another version are computed anew.</param>
/// <param name="warmUp">Candles of a series before the first value.</param>
/// <param name="inputs">The candles' values that it is computed from.</param>
/// <param name="definition">The formula in one line, for the documentation.</param>
/// <param name="source">Where the definition is from.</param>
/// <param name="scope">For which instruments it is computed.</param>
public abstract class Feature(
    string name, int version, int warmUp, string[] inputs, string definition, string source, FeatureScope scope = FeatureScope.Universal)
{
    /// <summary>The name in the API, the database and exports.</summary>
    public string Name { get; } = name;

    /// <summary>Grows when the definition changes.</summary>
    public int Version { get; } = version;

    /// <summary>Candles of a series before the first value; more where inputs are missing.</summary>
    public int WarmUp { get; } = warmUp;

    /// <summary>
    /// How many candles before one its value depends on: what lies before those has no part in it, or a smaller one than the last bit of a
    /// double. Null when it depends on the whole series.
    /// </summary>
    public virtual int? Memory => WarmUp;

    /// <summary>The candles' values that it is computed from.</summary>
    public IReadOnlyList<string> Inputs { get; } = inputs;

    /// <summary>The formula in one line.</summary>
    public string Definition { get; } = definition;

    /// <summary>Where the definition is from.</summary>
    public string Source { get; } = source;

    /// <summary>For which instruments it is computed.</summary>
    public FeatureScope Scope { get; } = scope;

    /// <summary>The labels that its values −1, 0, 1 stand for; empty for a number.</summary>
    public virtual IReadOnlyList<string> Labels => [];

    /// <summary>The label that a value stands for.</summary>
    /// <param name="value">−1, 0 or 1.</param>
    /// <exception cref="InvalidOperationException">The feature is a number.</exception>
    public string LabelOf(double value) =>
        Labels.Count == 3 ? Labels[(int)value + 1] : throw new InvalidOperationException($"{Name} is a number and has no labels.");

    /// <summary>Begins the computation for one series.</summary>
    internal abstract FeatureComputation Begin(SeriesTraits series);
}
