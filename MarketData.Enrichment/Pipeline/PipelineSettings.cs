using MarketData.Domain.Candles;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>What the settings of the pipeline may be.</summary>
internal sealed class PipelineSettings : IValidateOptions<HistoryOptions>, IValidateOptions<QualityOptions>, IValidateOptions<StorageOptions>
{
    private const int LongestHistory = 36_500;
    private const int ShortestRetention = 30;
    private const int LongestPartition = 1_200;

    public ValidateOptionsResult Validate(string? name, HistoryOptions options)
    {
        var rules = new SettingRules(HistoryOptions.Section);
        foreach (var interval in Enum.GetValues<BarInterval>())
            rules.Within($"{interval}", options.For(interval), 1, LongestHistory);
        return rules.Result();
    }

    public ValidateOptionsResult Validate(string? name, QualityOptions options) => new SettingRules(QualityOptions.Section)
        .Within("MinimumScore", options.MinimumScore, 0, 1)
        .Within("MinimumCompleteness", options.MinimumCompleteness, 0, 1)
        .Within("CrossCheckSample", options.CrossCheckSample, 0, 1)
        .Result();

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var rules = new SettingRules(StorageOptions.Section).Require(
            options.CompressAfterDays is 0 or (>= 7 and <= LongestHistory),
            $"{StorageOptions.Section}:CompressAfterDays must be 0, for never, or lie between 7 and {LongestHistory}, and is {options.CompressAfterDays}.");
        foreach (var interval in Enum.GetValues<BarInterval>())
        {
            rules.Within($"Retention:{interval}", options.Retention.For(interval) ?? ShortestRetention, ShortestRetention, LongestHistory);
            rules.Within($"PartitionMonths:{interval}", options.PartitionMonths.For(interval), 1, LongestPartition);
        }

        return rules.Result();
    }
}
