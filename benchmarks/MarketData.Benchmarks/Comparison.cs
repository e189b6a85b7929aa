namespace MarketData.Benchmarks;

/// <summary>Ours beside the baseline.</summary>
/// <param name="Name">The result's name.</param>
/// <param name="Unit">Of <paramref name="Ours"/> and <paramref name="Baseline"/>.</param>
/// <param name="Ours">Median of our rounds.</param>
/// <param name="Baseline">Median of the baseline's rounds.</param>
/// <param name="Limit">What the ratio of ours to the baseline has to keep to.</param>
/// <param name="Rounds">Rounds of each, alternating.</param>
/// <param name="IsFloor">Whether the limit is the least ratio rather than the greatest: true where more is better.</param>
internal sealed record Comparison(string Name, string Unit, double Ours, double Baseline, double Limit, int Rounds, bool IsFloor = false)
{
    /// <summary>What the candles were in: <c>partitions</c> or <c>timescaledb</c>.</summary>
    public string Engine { get; init; } = "partitions";

    /// <summary>Ours : baseline.</summary>
    public double Ratio => Ours / Baseline;

    /// <summary>Which side of the limit is the right one.</summary>
    public string LimitIs => IsFloor ? "at_least" : "at_most";

    /// <summary>Whether the ratio keeps to the limit.</summary>
    public bool IsMet => IsFloor ? Ratio >= Limit : Ratio <= Limit;
}
