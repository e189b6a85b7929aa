using System.ComponentModel.DataAnnotations;
using MarketData.Domain.Quality;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Below what data is worth a warning. Section <c>Quality</c>.</summary>
public sealed class QualityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Quality";

    /// <summary>Least score of a validated candle and of a healthy series, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double MinimumScore { get; set; } = 0.85;

    /// <summary>Least completeness of a healthy series, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double MinimumCompleteness { get; set; } = 0.95;

    /// <summary>
    /// Share of the days of new data about which a second provider is asked too, 0 to 1; closes that differ by more than half a percent are
    /// marked <c>provider_disagreement</c>. 0 asks nobody.
    /// </summary>
    [Range(0.0, 1.0)]
    public double CrossCheckSample { get; set; } = 0.02;

    /// <summary>The same as the domain takes it.</summary>
    public QualityThresholds Thresholds => new(MinimumScore, MinimumCompleteness);
}
