using MarketData.Domain.Calendars;
using MarketData.Storage.Notifications;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Notifications;

/// <summary>Reads what a rule is to be, whose fields depend on each other.</summary>
internal static class RuleReading
{
    private const int NightMinutes = 120;
    private const int CircuitMinutes = 5;

    /// <summary>What is wrong with a definition, by field; empty when nothing is.</summary>
    /// <param name="body">The definition, each field of which is right by itself.</param>
    /// <param name="receivers">The receivers there are.</param>
    public static Dictionary<string, string[]> Objections(NotificationRuleDefinition body, IReadOnlyList<NotificationReceiver> receivers)
    {
        var isFresh = Is(body, Occasions.NotFresh);
        IEnumerable<(string Field, bool Holds, string Objection)> all =
        [
            ("due_by", isFresh && body.DueBy is null, "'due_by' is needed for not_fresh: a time of day such as 02:30."),
            ("zone", isFresh && body.Zone is null, "'zone' is needed for not_fresh: an IANA time zone such as America/New_York."),
            ("due_by", !isFresh && body.DueBy is not null, "'due_by' is of not_fresh alone."),
            ("zone", !isFresh && body.Zone is not null, "'zone' is of not_fresh alone."),
            ("timeframe", !isFresh && body.Timeframe is not null, "'timeframe' is of not_fresh alone."),
            ("minimum_score", !Is(body, Occasions.QualityLow) && body.MinimumScore is not null, "'minimum_score' is of quality_low alone."),
            ("watchlist", Is(body, Occasions.CircuitOpen) && body.Watchlist is not null, "'watchlist' can't be given for circuit_open: a circuit is of a provider."),
            .. body.Receivers!.Where(id => receivers.All(receiver => receiver.Id != id)).Distinct()
                .Select(id => ("receivers", true, $"'receivers' names {id}, and there is no receiver of this number.")),
        ];
        return all.Where(one => one.Holds).GroupBy(one => one.Field).ToDictionary(group => group.Key, group => group.Select(one => one.Objection).ToArray());
    }

    /// <summary>What a definition without objections says, with what it leaves out.</summary>
    public static RuleTerms Request(NotificationRuleDefinition body, double minimumScore)
    {
        var occasion = body.Occasion!.ToLowerInvariant();
        var isFresh = occasion == Occasions.NotFresh;
        return new()
        {
            Name = body.Name!.Trim(),
            Occasion = occasion,
            Watchlist = body.Watchlist?.ToLowerInvariant(),
            AfterMinutes = body.AfterMinutes ?? occasion switch { Occasions.RunLate => NightMinutes, Occasions.CircuitOpen => CircuitMinutes, _ => 0 },
            RemindHours = body.RemindHours,
            MinimumScore = occasion == Occasions.QualityLow ? body.MinimumScore ?? minimumScore : null,
            DueBy = body.DueBy,
            Zone = isFresh ? LocalClock.Find(body.Zone)!.Zone : null,
            Timeframe = isFresh ? body.Timeframe?.ToLowerInvariant() ?? "1d" : null,
            IsEnabled = body.IsEnabled ?? true,
            Receivers = [.. body.Receivers!.Distinct()],
        };
    }

    /// <summary>Whether the watchlist that a definition names is there, where it names one.</summary>
    public static async Task<bool> HasWatchlistAsync(NotificationRuleDefinition body, WatchlistStore watchlists, CancellationToken cancellation) =>
        body.Watchlist is null || await watchlists.ReadAsync(body.Watchlist.ToLowerInvariant(), cancellation) is not null;

    private static bool Is(NotificationRuleDefinition body, string occasion) => occasion.Equals(body.Occasion, StringComparison.OrdinalIgnoreCase);
}
