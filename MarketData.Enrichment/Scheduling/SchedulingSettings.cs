using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>What the settings of the scheduling may be.</summary>
internal sealed class SchedulingSettings :
    IValidateOptions<EnrichmentOptions>, IValidateOptions<LeaseOptions>, IValidateOptions<RetryOptions>, IValidateOptions<RetentionOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options) => new SettingRules(EnrichmentOptions.Section)
        .Require(
            CronSchedule.IsValid(options.Schedule),
            $"{EnrichmentOptions.Section}:Schedule must be a cron expression of six fields, seconds first and days of the week by name, "
            + $"such as '0 30 1 * * ?' or '0 30 1 ? * TUE-SAT', and is '{options.Schedule}'.")
        .Within("Concurrency", options.Concurrency, 1, 100)
        .Within("MaxAttempts", options.MaxAttempts, 1, 20)
        .Within("MaxLosses", options.MaxLosses, 2, 1000)
        .Within("PollInterval", options.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
        .Require(
            InitialSymbols.TryParse(options.Symbols, out _, out var wrong),
            $"{EnrichmentOptions.Section}:Symbols has an entry that does not read as SYMBOL[:class[:timeframes]], each symbol once: '{wrong}'.")
        .Result();

    public ValidateOptionsResult Validate(string? name, LeaseOptions options) => new SettingRules(LeaseOptions.Section)
        .Within("Duration", options.Duration, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        .Within("RenewInterval", options.RenewInterval, TimeSpan.FromMilliseconds(100), options.Duration / 3)
        .Within("SweepInterval", options.SweepInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
        .Result();

    public ValidateOptionsResult Validate(string? name, RetryOptions options) => new SettingRules(RetryOptions.Section)
        .Within("BaseDelay", options.BaseDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1))
        .Within("MaxDelay", options.MaxDelay, options.BaseDelay, TimeSpan.FromDays(1))
        .Result();

    public ValidateOptionsResult Validate(string? name, RetentionOptions options)
    {
        var (shortest, longest) = (TimeSpan.FromHours(1), TimeSpan.FromDays(3653));
        return new SettingRules(RetentionOptions.Section)
            .Within("Events", options.Events, shortest, longest)
            .Within("Logs", options.Logs, shortest, longest)
            .Within("Runs", options.Runs, shortest, longest)
            .Within("Nodes", options.Nodes, shortest, longest)
            .Result();
    }
}
