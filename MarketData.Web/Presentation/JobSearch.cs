using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What a reader looks for in the history of jobs, as it stands in the page's address.</summary>
/// <param name="Status">Only this status; null for all.</param>
/// <param name="Symbol">Only this symbol.</param>
/// <param name="Repeated">Only those that took more than one attempt.</param>
/// <param name="LongerThanSeconds">Only those worked on for longer.</param>
/// <param name="Since">Only those queued within the last <c>24h</c>, <c>7d</c> or <c>30d</c>.</param>
public sealed record JobSearch(string? Status, string? Symbol, bool Repeated, int? LongerThanSeconds, string? Since)
{
    /// <summary>The page that shows what is looked for.</summary>
    public string Href => "jobs" + UrlQuery.Of(
        ("view", "history"), ("status", Status), ("symbol", Symbol), ("attempts", Repeated ? "2" : null),
        ("longer", LongerThanSeconds?.ToString(CultureInfo.InvariantCulture)), ("since", Since));

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsNarrow => this != new JobSearch(null, null, false, null, null);

    /// <summary>The span of time that a word such as <c>24h</c> stands for; null when there is none.</summary>
    public static TimeSpan? Span(string? since) => since switch
    {
        "1h" => TimeSpan.FromHours(1),
        "6h" => TimeSpan.FromHours(6),
        "24h" => TimeSpan.FromHours(24),
        "7d" => TimeSpan.FromDays(7),
        "30d" => TimeSpan.FromDays(30),
        "90d" => TimeSpan.FromDays(90),
        _ => null,
    };
}
