using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Notifications in a person's words.</summary>
public static class NotificationWords
{
    /// <summary>What a rule may be about, in the order in which they are offered, with the words for each.</summary>
    public static IReadOnlyList<(string Occasion, string Words)> Occasions { get; } =
    [
        ("run_failed", "Symbols failed in a run"),
        ("run_late", "The nightly run is late"),
        ("symbol_stale", "A symbol is stale"),
        ("not_fresh", "Candles are not there by a time of day"),
        ("quality_low", "A symbol's quality is below a bar"),
        ("circuit_open", "A provider's circuit is open"),
        ("action_disputed", "A split or dividend is disputed"),
    ];

    /// <summary>How a receiver is reached, with the words for each.</summary>
    public static IReadOnlyList<(string Kind, string Words)> Kinds { get; } = [("slack", "Slack"), ("webhook", "Webhook"), ("email", "E-mail")];

    /// <summary>The words for a kind of receiver.</summary>
    public static string Kind(string kind) => Kinds.FirstOrDefault(one => one.Kind == kind).Words ?? kind;

    /// <summary>What a rule tells of, as a sentence without its stop: <c>1d candles are not there by 02:30 America/New_York</c>.</summary>
    public static string Describe(NotificationRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var what = rule.Occasion switch
        {
            "quality_low" => string.Create(CultureInfo.InvariantCulture, $"A symbol's quality is below {rule.MinimumScore:0.##}"),
            "not_fresh" => $"{rule.Timeframe} candles are not there by {rule.DueBy} {rule.Zone}",
            _ => Occasions.FirstOrDefault(one => one.Occasion == rule.Occasion).Words ?? rule.Occasion,
        };
        var lasting = rule.AfterMinutes == 0 ? "" : $", for {Format.Duration(TimeSpan.FromMinutes(rule.AfterMinutes))} or longer";
        return $"{what}{lasting}{(rule.RemindHours is { } hours ? $"; told again every {Every(hours)}" : "")}";
    }

    /// <summary>Whether people are told again while something lasts: <c>Tell again every 4 hours</c>.</summary>
    public static string Reminder(int? hours) => hours is { } each ? $"Tell again every {Every(each)}" : "Tell once";

    private static string Every(int hours) => hours switch
    {
        1 => "hour",
        24 => "day",
        168 => "week",
        _ => $"{hours} hours",
    };

    /// <summary>What a rule is about: a watchlist, or everything.</summary>
    public static string Scope(NotificationRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return (rule.Watchlist, rule.Occasion) switch
        {
            ({ } watchlist, _) => watchlist,
            (_, "circuit_open") => "every provider",
            (_, "run_late") => "the whole run",
            _ => "every active symbol",
        };
    }

    /// <summary>Where on the dashboard it is seen what a rule is about; null where that is no page of its own.</summary>
    public static string? Link(NotificationIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Occasion switch
        {
            "run_late" => Links.Runs,
            "circuit_open" => "resilience",
            "action_disputed" => Links.Symbol(incident.Label.Split(':')[0]),
            _ => Links.Symbol(incident.Label),
        };
    }

    /// <summary>How a delivery looks: the status that its badge has, and its words.</summary>
    public static (string Status, string Words) State(NotificationDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return delivery.Status switch
        {
            "delivered" => ("ok", "Delivered"),
            "failed" => ("failed", "Given up"),
            "dropped" => ("cancelled", "Dropped"),
            _ when delivery.Error is not null => ("retrying", "Tried again"),
            _ => ("queued", "Waiting"),
        };
    }

    /// <summary>What came of a test, as a sentence.</summary>
    public static string Outcome(NotificationDelivery test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return test.Status switch
        {
            "delivered" => $"{test.Receiver} took the test.",
            "pending" when test.Attempts.Count == 0 => $"No enrichment node has taken the test to {test.Receiver} yet; it goes out when one runs.",
            "pending" => $"{test.Receiver} has not answered yet; what comes of the test is listed below.",
            _ => $"The test did not reach {test.Receiver}. {test.Error}",
        };
    }
}
