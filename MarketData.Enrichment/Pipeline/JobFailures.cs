using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Npgsql;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Says of an exception what a person on call should know: whether to wait, and what to do.</summary>
public static class JobFailures
{
    /// <summary>Describes why intervals of a job failed. The whole is permanent only when every part is.</summary>
    /// <param name="failures">The interval's name and what was thrown, at least one.</param>
    public static JobFailure Describe(IReadOnlyCollection<(string Timeframe, Exception Cause)> failures)
    {
        var described = failures.Select(failure => (failure.Timeframe, Failure: Describe(failure.Cause))).ToList();
        var decisive = described.Select(part => part.Failure).FirstOrDefault(part => !part.IsPermanent) ?? described[0].Failure;
        var sentences = failures.Select(failure => FailureSentences.Of(failure.Cause)).OfType<string>().Distinct();
        return decisive with
        {
            Message = string.Join('\n', sentences.Take(1).Append(WordForWord(described))),
            Providers = [.. described.Where(part => part.Failure.IsPermanent == decisive.IsPermanent).SelectMany(part => part.Failure.Providers).Distinct()],
        };
    }

    private static string WordForWord(IEnumerable<(string Timeframe, JobFailure Failure)> described) => string.Join(
        " ", described.GroupBy(part => part.Failure.Message, part => part.Timeframe).Select(same => $"{string.Join(", ", same)}: {same.Key}"));

    /// <summary>The earliest instant at which trying again makes sense, by the providers' word; null when none gave one.</summary>
    public static DateTimeOffset? RetryAt(IReadOnlyCollection<(string Timeframe, Exception Cause)> failures) =>
        failures.Max(failure => (failure.Cause as ProviderChainException)?.RetryAt ?? (failure.Cause as ProviderException)?.RetryAt);

    /// <summary>When the first circuit lets a call through, if all that the work waits for are circuits; else null.</summary>
    public static DateTimeOffset? CircuitOpenUntil(IReadOnlyCollection<(string Timeframe, Exception Cause)> failures)
    {
        var instants = failures.Select(failure => (failure.Cause as ProviderChainException)?.CircuitOpenUntil).ToList();
        return instants.Contains(null) ? null : instants.Min();
    }

    /// <summary>Removes what fails a job only when each of its intervals says so, unless they do.</summary>
    /// <param name="failures">The interval's name and what was thrown.</param>
    /// <param name="intervals">How many intervals were worked on.</param>
    public static void RemoveUnlessOfAll(List<(string Timeframe, Exception Cause)> failures, int intervals)
    {
        if (failures.Count(failure => failure.Cause is NothingFoundException { IsOfAllIntervals: true }) < intervals)
            failures.RemoveAll(failure => failure.Cause is NothingFoundException { IsOfAllIntervals: true });
    }

    /// <summary>
    /// Whether the database went away under the work: the connection broke, the server is shutting down, recovering or ended the session, or it
    /// can't be written to for now.
    /// </summary>
    public static bool IsDatabaseAway(Exception exception) => DatabaseTrouble.Of(exception) is not null;

    /// <summary>
    /// Whether the node had no memory left for the work. Another node may have, and the same one when less is done beside it: it is the node's
    /// failure and costs no attempt.
    /// </summary>
    public static bool IsOutOfMemory(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is OutOfMemoryException || exception.InnerException is { } inner && IsOutOfMemory(inner);
    }

    private static JobFailure Describe(Exception cause) => cause switch
    {
        ProviderChainException e => new JobFailure(!e.IsTransient, e.Message, e.Advice, Reason(e)) { Providers = Providers(e) },
        NothingFoundException e => new JobFailure(true, e.Message, e.Advice, e.Reason) { Health = e.Health },
        ProviderException e => new JobFailure(!e.IsTransient, e.Message, e.Advice, Reason(e.Kind)) { Providers = [e.Provider] },
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new JobFailure(
            false,
            "A statement took longer than it may, and the database broke it off.",
            "Look at the database's load and locks; the symbol is tried again by itself.",
            "database"),
        NpgsqlException { InnerException: TimeoutException } => new JobFailure(
            false,
            "The database did not answer in time, though it is there.",
            "Look at the database's load and locks; the symbol is tried again by itself.",
            "database"),
        NpgsqlException e => new JobFailure(
            false, $"The database did not do as told: {e.Message}", "Look at the database's log; the symbol is tried again by itself.", "database"),
        StalledException e => new JobFailure(
            false, e.Message, "Look up the trace for what it waited for; the symbol is tried again by itself.", "stalled"),
        _ => new JobFailure(
            false, $"Unexpected {cause.GetType().Name}: {cause.Message}", "Look up the trace, and report it with the log lines around it.", "internal"),
    };

    private static IReadOnlyList<string> Providers(ProviderChainException failure) =>
        [.. failure.Failures.Where(part => part.IsTransient == failure.IsTransient).Select(part => part.Provider).Distinct()];

    private static string Reason(ProviderChainException failure) =>
        failure.Failures.Count == 0
            ? "no_provider"
            : Reason((failure.Failures.FirstOrDefault(part => part.IsTransient) ?? failure.Failures[0]).Kind);

    private static string Reason(ProviderErrorKind kind) => kind switch
    {
        ProviderErrorKind.Transient => "unavailable",
        ProviderErrorKind.BadAnswer or ProviderErrorKind.UnreadableSymbol => "bad_answer",
        ProviderErrorKind.RateLimited => "rate_limit",
        ProviderErrorKind.CircuitOpen => "circuit_open",
        ProviderErrorKind.UnknownSymbol => "unknown_symbol",
        ProviderErrorKind.BadKey => "bad_key",
        ProviderErrorKind.PlanLimit => "plan_limit",
        ProviderErrorKind.RestrictedLocation => "restricted_location",
        ProviderErrorKind.ClientRefused => "client_refused",
        ProviderErrorKind.ConsentWanted => "consent_wanted",
        ProviderErrorKind.Intercepted => "intercepted",
        ProviderErrorKind.Refused => "refused",
        ProviderErrorKind.IdentityMismatch => "identity_mismatch",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of provider error."),
    };
}
