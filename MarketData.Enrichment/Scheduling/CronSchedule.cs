using Cronos;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Cron expressions of six fields, seconds first, in UTC: <c>0 30 1 * * ?</c>. Days of the week go by name (<c>MON-FRI</c>): to Quartz 1 is
/// Sunday and to others Monday, so that a number would fire on the wrong day without a word.
/// </summary>
public static class CronSchedule
{
    private const int DayOfWeek = 5;

    /// <summary>Whether an expression is well formed and has an instant at all.</summary>
    public static bool IsValid(string? expression) =>
        expression?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is { Length: 6 } fields
        && !fields[DayOfWeek].Split('#')[0].Any(char.IsAsciiDigit)
        && CronExpression.TryParse(expression, CronFormat.IncludeSeconds, out var parsed)
        && parsed.GetNextOccurrence(DateTime.UnixEpoch) is not null;

    /// <summary>What is to be said of a setting whose expression is not.</summary>
    public static string Objection(string? expression) =>
        "must be a cron expression of six fields, seconds first and days of the week by name, "
        + $"such as '0 30 1 * * ?' or '0 30 1 ? * TUE-SAT', and is '{expression}'.";

    /// <summary>The first instant after <paramref name="after"/>, both UTC; null when there is none.</summary>
    /// <exception cref="CronFormatException">The expression is not well formed.</exception>
    public static DateTime? Next(string expression, DateTime after) =>
        CronExpression.Parse(expression, CronFormat.IncludeSeconds).GetNextOccurrence(after);
}
