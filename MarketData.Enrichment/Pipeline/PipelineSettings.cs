using MarketData.Enrichment.Scheduling;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>What the settings of the pipeline may be.</summary>
internal sealed class PipelineSettings : IValidateOptions<HistoryOptions>, IValidateOptions<QualityOptions>, IValidateOptions<StorageOptions>
{
    private const int LongestHistory = 36_500;
    private const int ShortestRetention = 30;

    public ValidateOptionsResult Validate(string? name, HistoryOptions options) => new SettingRules(HistoryOptions.Section)
        .Within("FiveMinutes", options.FiveMinutes, 1, LongestHistory)
        .Within("FifteenMinutes", options.FifteenMinutes, 1, LongestHistory)
        .Within("ThirtyMinutes", options.ThirtyMinutes, 1, LongestHistory)
        .Within("OneHour", options.OneHour, 1, LongestHistory)
        .Within("FourHours", options.FourHours, 1, LongestHistory)
        .Within("OneDay", options.OneDay, 1, LongestHistory)
        .Within("OneWeek", options.OneWeek, 1, LongestHistory)
        .Result();

    public ValidateOptionsResult Validate(string? name, QualityOptions options) => new SettingRules(QualityOptions.Section)
        .Within("MinimumScore", options.MinimumScore, 0, 1)
        .Within("MinimumCompleteness", options.MinimumCompleteness, 0, 1)
        .Within("CrossCheckSample", options.CrossCheckSample, 0, 1)
        .Result();

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var kept = options.Retention;
        var rules = new SettingRules(StorageOptions.Section).Require(
            options.CompressAfterDays is 0 or (>= 7 and <= LongestHistory),
            $"{StorageOptions.Section}:CompressAfterDays must be 0, for never, or lie between 7 and {LongestHistory}, and is {options.CompressAfterDays}.");
        foreach (var (setting, days) in new[]
        {
            ("FiveMinutes", kept.FiveMinutes), ("FifteenMinutes", kept.FifteenMinutes), ("ThirtyMinutes", kept.ThirtyMinutes), ("OneHour", kept.OneHour),
            ("FourHours", kept.FourHours), ("OneDay", kept.OneDay), ("OneWeek", kept.OneWeek),
        })
        {
            rules.Within($"Retention:{setting}", days ?? ShortestRetention, ShortestRetention, LongestHistory);
        }

        return rules.Result();
    }
}
