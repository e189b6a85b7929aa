using System.Globalization;
using System.Text;
using MarketData.Storage.Notifications;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Notifications;

/// <summary>Puts news of rules into words.</summary>
public sealed class MessageWords(IOptions<NotificationOptions> options)
{
    // As many as a person reads.
    private const int MostListed = 20;

    /// <summary>The words for news: a line that says what is the matter, and below it of what, since when, and where to look.</summary>
    public static MessageText Compose(RuleNews news)
    {
        ArgumentNullException.ThrowIfNull(news);
        var (rule, subjects) = (news.Rule, news.Subjects);
        var body = new StringBuilder();
        foreach (var subject in subjects.Take(MostListed))
        {
            body.Append(CultureInfo.InvariantCulture, $"{subject.Label}");
            if (subject.Detail is { } detail && !news.IsOver)
                body.Append(CultureInfo.InvariantCulture, $": {detail}");
            body.AppendLine(CultureInfo.InvariantCulture, $" (since {subject.Since:yyyy-MM-dd HH:mm} UTC)");
        }

        if (subjects.Count > MostListed)
            body.AppendLine(CultureInfo.InvariantCulture, $"and {subjects.Count - MostListed} more");
        if (news.StillOpen > 0)
            body.AppendLine(CultureInfo.InvariantCulture, $"Told before and not over: {news.StillOpen}.");
        body.Append(CultureInfo.InvariantCulture, $"Rule: {rule.Name}{(rule.Watchlist is { } list ? $", watchlist {list}" : "")}.");
        if (!news.IsOver)
            body.Append(CultureInfo.InvariantCulture, $" {Advice(rule.Occasion)}");
        return new($"{(news.IsOver ? "Over: " : news.IsReminder ? "Still: " : "")}{Title(news)}", body.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Where on the dashboard to look; null where no address of it is set.</summary>
    public string? LinkOf(string? occasion)
    {
        if (options.Value.DashboardUrl is not { } dashboard)
            return null;
        var page = occasion switch
        {
            Occasions.RunFailed or Occasions.RunLate => "jobs",
            Occasions.SymbolStale or Occasions.QualityLow or Occasions.NotFresh => "symbols",
            Occasions.CircuitOpen => "resilience",
            Occasions.ActionDisputed => "",
            _ => "notifications",
        };
        return $"{dashboard.AbsoluteUri.TrimEnd('/')}/{page}";
    }

    private static string Title(RuleNews news)
    {
        var (rule, count) = (news.Rule, news.Subjects.Count);
        var (one, isOne) = (news.Subjects[0].Label, count == 1);
        var bar = string.Create(CultureInfo.InvariantCulture, $"{rule.MinimumScore:0.##}");
        return (rule.Occasion, news.IsOver) switch
        {
            (Occasions.RunFailed, false) => isOne ? $"{one} failed in a run" : $"{count} symbols failed in a run",
            (Occasions.RunFailed, true) => isOne ? $"{one} is enriched again" : $"{count} symbols are enriched again",
            (Occasions.RunLate, false) => "the nightly run is late",
            (Occasions.RunLate, true) => "the nightly run has ended",
            (Occasions.SymbolStale, false) => isOne ? $"{one} is stale" : $"{count} symbols are stale",
            (Occasions.SymbolStale, true) => isOne ? $"{one} is no longer stale" : $"{count} symbols are no longer stale",
            (Occasions.CircuitOpen, false) => isOne ? $"{one} is not asked, its circuit is open" : $"{count} providers are not asked, their circuits are open",
            (Occasions.CircuitOpen, true) => isOne ? $"{one} is asked again" : $"{count} providers are asked again",
            (Occasions.ActionDisputed, false) => isOne ? $"{one} is disputed" : $"{count} corporate actions are disputed",
            (Occasions.ActionDisputed, true) => isOne ? $"{one} is decided" : $"{count} corporate actions are decided",
            (Occasions.QualityLow, false) => isOne ? $"the quality of {one} is below {bar}" : $"the quality of {count} symbols is below {bar}",
            (Occasions.QualityLow, true) => isOne ? $"the quality of {one} is {bar} or better" : $"the quality of {count} symbols is {bar} or better",
            (_, false) => $"{(isOne ? $"{one} was" : $"{count} symbols were")} not complete by {rule.DueBy} {rule.Zone} ({rule.Timeframe})",
            (_, true) => isOne ? $"{one} is complete now ({rule.Timeframe})" : $"{count} symbols are complete now ({rule.Timeframe})",
        };
    }

    private static string Advice(string occasion) => occasion switch
    {
        Occasions.RunFailed => "The Jobs page says why each failed; retry them from the run's page.",
        Occasions.RunLate => "The overview says whether the scheduler is paused, no node lives, or a provider holds it up.",
        Occasions.SymbolStale => "Run them from the Symbols page, or deactivate what is traded no more.",
        Occasions.CircuitOpen => "The Resilience page has its last error and when it is asked next.",
        Occasions.ActionDisputed => "Prices are not adjusted by it until somebody confirms, moves or withdraws it on the symbol's page.",
        Occasions.QualityLow => "The symbol's page lists its gaps and the candles that were scored down.",
        _ => "The Symbols page says how far each is complete; the Jobs page what is under way.",
    };
}
