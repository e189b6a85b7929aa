using Microsoft.Extensions.Options;

namespace MarketData.Enrichment;

/// <summary>Collects what is wrong with a group of settings, one sentence each, naming the setting.</summary>
internal sealed class SettingRules(string section)
{
    private readonly List<string> _failures = [];

    public SettingRules Within<T>(string setting, T value, T lowest, T highest) where T : IComparable<T> =>
        Require(
            value.CompareTo(lowest) >= 0 && value.CompareTo(highest) <= 0,
            FormattableString.Invariant($"{section}:{setting} must lie between {lowest} and {highest}, and is {value}."));

    public SettingRules Require(bool holds, string sentence)
    {
        if (!holds)
            _failures.Add(sentence);
        return this;
    }

    public ValidateOptionsResult Result() => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);
}
