namespace MarketData.Api;

/// <summary>Below what data is worth a warning. Section <c>Quality</c>, shared with enrichment.</summary>
public sealed class QualityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Quality";

    /// <summary>Least score of a healthy symbol, 0 to 1. Default 0.85.</summary>
    [Range(0.0, 1.0, ErrorMessage = "must lie between {1} and {2}.")]
    public double MinimumScore { get; set; } = 0.85;
}
