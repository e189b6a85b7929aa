using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Enrichment;

/// <summary>What is wrong with symbols, grouped by cause.</summary>
internal static class SymbolTroubles
{
    private static readonly HashSet<string> NobodyKnows = ["no_data", "unknown_symbol"];

    /// <summary>Symbols whose last job failed for good; those that nobody knows first, since only a person can help them.</summary>
    public static IEnumerable<Trouble> Failed(HealthRows rows)
    {
        var unknown = rows.Failed.Where(cause => NobodyKnows.Contains(cause.Reason)).ToList();
        if (unknown.Count > 0)
            yield return Unknown(unknown);
        foreach (var cause in rows.Failed.Where(cause => !NobodyKnows.Contains(cause.Reason)))
            yield return Failed(cause);
    }

    /// <summary>Symbols that wait to be tried again for no provider's sake.</summary>
    public static IEnumerable<Trouble> Waiting(HealthRows rows) => rows.Waiting.Where(cause => cause.Providers.Length == 0).Select(cause =>
        Of(
            cause, "symbols_waiting", "warning",
            $"{Named(cause)} {Wording.Verb(cause.Symbols, "waits", "wait")} to be tried again: {Reason(cause)}.", Runbooks.RunSuccessRateLow));

    /// <summary>Symbols whose newest work was cancelled.</summary>
    public static IEnumerable<Trouble> Cancelled(HealthRows rows) => rows.Cancelled.Select(work => new Trouble(
        "run_cancelled",
        "warning",
        $"The {Trigger(work.Trigger)} run was cancelled: {Wording.Symbols(work.Examples, work.Symbols)} "
        + $"{Wording.Verb(work.Symbols, "was", "were")} not enriched.",
        Kept(work),
        "Run them now, or wait for the next night.",
        Runbooks.NothingUnderWay)
    {
        Since = work.CancelledAt,
        SymbolCount = work.Symbols,
        Symbols = work.Examples,
        RunId = work.Run,
    });

    /// <summary>Symbols that have never been enriched, with nothing queued or running for them.</summary>
    public static IEnumerable<Trouble> NotBegun(HealthRows rows)
    {
        var told = rows.Cancelled.Sum(work => work.NeverEnriched);
        if (rows.Symbols.NotBegun - told is > 0 and var symbols)
            yield return new Trouble(
                "not_begun", "warning",
                $"{Wording.Count(symbols, "symbol")} {Wording.Verb(symbols, "has", "have")} never been enriched, and nothing is queued for "
                + $"{Wording.Verb(symbols, "it", "them")}.",
                null, "Run them now, or wait for the next night.", Runbooks.NothingUnderWay)
            { SymbolCount = symbols };
    }

    /// <summary>Symbols that somebody has to decide about.</summary>
    public static IEnumerable<Trouble> ToDecide(HealthRows rows) => rows.Attention
        .OrderBy(group => group.Kind == AttentionKinds.IdentityMismatch ? 0 : 1).Select(ToDecide);

    private static Trouble ToDecide(AttentionGroup group)
    {
        var newest = SymbolToLookAt.Of(new AttentionRow
        {
            Kind = group.Kind,
            Symbol = group.Examples[0],
            Since = group.Since,
            Occurrences = group.Occurrences,
            Day = group.Day,
            Cause = group.Cause,
            Advice = group.Advice,
        });
        var symbols = Wording.Symbols(group.Examples, group.Symbols);
        var (what, runbook) = group.Kind switch
        {
            AttentionKinds.Disputed => ($"A split or dividend of {symbols} is disputed.", Runbooks.CorporateActions),
            AttentionKinds.Unconverted => ($"A dividend of {symbols} is in another currency.", Runbooks.CorporateActions),
            AttentionKinds.IdentityMismatch => ($"A provider answers for another instrument than {symbols}.", Runbooks.IdentityMismatch),
            AttentionKinds.PossibleTickerReuse => ($"The ticker of {symbols} may have been another company's before.", Runbooks.PriceLevelOdd),
            AttentionKinds.UnitShift => ($"Prices of {symbols} are in another unit on some days.", Runbooks.PriceLevelOdd),
            _ => ($"No provider knows {symbols} any more: delisted or renamed?", Runbooks.SymbolDelisted),
        };
        var firstLine = newest.What.Split('\n')[0];
        return new Trouble(
            group.Kind, group.Kind == AttentionKinds.IdentityMismatch ? "bad" : "warning", what,
            group.Symbols == 1 ? firstLine : $"{newest.Symbol}: {firstLine}", newest.WhatToDo, runbook)
        {
            Since = group.Since,
            SymbolCount = group.Symbols,
            Symbols = group.Examples,
            Raw = newest.What.Contains('\n', StringComparison.Ordinal) ? newest.What : null,
        };
    }

    private static Trouble Unknown(List<SharedCause> causes)
    {
        var (first, count) = (causes[0], causes.Sum(cause => cause.Symbols));
        string[] examples = [.. causes.SelectMany(cause => cause.Examples).Take(20)];
        return Of(
            first with { Symbols = count, Examples = examples, Since = causes.Min(cause => cause.Since) }, "symbols_unknown", "bad",
            $"No provider knows {Wording.Symbols(examples, count)}.", Runbooks.SymbolUnknown) with
        {
            Effect = $"There is no data of {Wording.Verb(count, "it", "them")}, and trying again does not help.",
        };
    }

    private static Trouble Failed(SharedCause cause)
    {
        var attempts = cause is { Symbols: 1, Attempts: > 1 } ? $" after {Wording.Count(cause.Attempts.Value, "attempt")}" : "";
        return Of(
            cause, "symbols_failed", "bad", $"{Named(cause)} failed{attempts}: {Reason(cause)}.",
            cause.Providers.Length > 0 ? Runbooks.CircuitOpen : Runbooks.RunSuccessRateLow);
    }

    private static Trouble Of(SharedCause cause, string kind, string severity, string what, string runbook) =>
        new(kind, severity, what, null, cause.Advice, runbook)
        {
            Since = cause.Since,
            NextTryAt = cause.NextTryAt,
            Provider = cause.Providers is [var one] ? one : null,
            SymbolCount = cause.Symbols,
            Symbols = cause.Examples,
            JobNumber = cause.JobNumber,
            TraceId = cause.TraceId,
            Raw = cause.Message,
        };

    private static string Named(SharedCause cause) => Wording.Symbols(cause.Examples, cause.Symbols);

    // A clause that goes on after a colon.
    private static string Reason(SharedCause cause)
    {
        var who = cause.Providers.Length == 0 ? "the provider" : Wording.Providers(cause.Providers);
        var many = cause.Providers.Length > 1;
        // The reason is that of one of several providers; what is on record begins with what each of them did.
        if (many && cause.Message?.Split('\n') is [var each, _, ..])
            return each.TrimEnd('.');
        return cause.Reason switch
        {
            "unavailable" => $"{who} could not be reached or {(many ? "were" : "was")} in trouble",
            "bad_answer" => $"what {who} answered could not be read",
            "rate_limit" => $"{who} did not allow more requests",
            "circuit_open" => $"{who} {(many ? "were" : "was")} not asked, since {(many ? "their circuits were" : "its circuit was")} open",
            "bad_key" => $"{who} {(many ? "refuse" : "refuses")} the key",
            "plan_limit" => $"the plan at {who} does not cover what is asked for",
            "restricted_location" => $"{who} {(many ? "serve" : "serves")} nobody from here",
            "client_refused" => $"{who} {(many ? "turn" : "turns")} this client away",
            "consent_wanted" => $"{who} {(many ? "want" : "wants")} a person's consent in a browser",
            "intercepted" => $"a proxy or portal answered in the place of {who}",
            "refused" => $"{who} {(many ? "refuse" : "refuses")} the request",
            "no_provider" => "no enabled provider serves it",
            "all_rejected" => "all that came for it is refused as impossible",
            "database" => "the database did not do as told",
            "stalled" => "the work stood still and was broken off",
            "lost" => "the work was broken off again and again",
            _ => "an error that nobody foresaw",
        };
    }

    private static string Trigger(string trigger) => trigger == "startup" ? "first" : trigger;

    private static string Kept(CancelledWork work) => (work.NeverEnriched, work.Symbols - work.NeverEnriched) switch
    {
        (0, _) => "They keep the data of before.",
        (var none, 0) => $"There is no data of {Wording.Verb(none, "it", "them")} yet.",
        (var none, _) => $"There is no data of {none} of them yet; the others keep what they had.",
    };
}
