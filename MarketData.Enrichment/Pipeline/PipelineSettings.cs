using MarketData.Enrichment.Scheduling;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>What the settings of the pipeline may be.</summary>
internal sealed class PipelineSettings : IValidateOptions<HistoryOptions>, IValidateOptions<QualityOptions>
{
    private const int LongestHistory = 36_500;

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
}
