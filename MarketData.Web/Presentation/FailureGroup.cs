using System.Text.RegularExpressions;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Symbols of a run that failed for the same reason.</summary>
/// <param name="Cause">The reason as the first of them was told it, one line.</param>
/// <param name="Advice">What to do about it; null when nobody said.</param>
/// <param name="Jobs">Their jobs, by symbol.</param>
public sealed partial record FailureGroup(string Cause, string? Advice, IReadOnlyList<Job> Jobs)
{
    private const string NoReason = "No reason was recorded.";

    /// <summary>Groups the failed ones among a run's jobs, the largest group first.</summary>
    public static IReadOnlyList<FailureGroup> Of(IEnumerable<Job> jobs) =>
    [
        .. jobs.Where(job => job.Status == "failed")
            .OrderBy(job => job.Symbol, StringComparer.Ordinal)
            .GroupBy(Kind)
            .Select(group => new FailureGroup(Line(group.First()), group.First().ErrorAdvice, [.. group]))
            .OrderByDescending(group => group.Jobs.Count).ThenBy(group => group.Cause, StringComparer.Ordinal),
    ];

    // As the causes of the health page are told apart: by words only where the reason says little, or none was noted.
    private static (string?, string, string?) Kind(Job job) => (
        job.ErrorReason, string.Join(',', job.ErrorProviders ?? []),
        job.ErrorReason is null or "other" or "internal" or "database" or "stalled" or "refused" ? Words(job) : null);

    // The same words name each symbol, its intervals, and other numbers.
    private static string Words(Job job) =>
        Numbers().Replace(Regex.Replace(Line(job), $@"(?<![\w.]){Regex.Escape(job.Symbol)}(?![\w])", "…", RegexOptions.IgnoreCase), "#");

    private static string Line(Job job) => Intervals().Replace(job.ErrorMessage?.Split('\n')[0] ?? NoReason, "");

    [GeneratedRegex(@"^(?:\d+[mhdw](?:, )?)+: ")]
    private static partial Regex Intervals();

    [GeneratedRegex(@"\d+(?:[.,:-]\d+)*")]
    private static partial Regex Numbers();
}
