using MarketData.Enrichment.Providers;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Says of a step's result, or of what it threw, what a person who looks at the job should know.</summary>
internal static class StepRecord
{
    private const int LongestMessage = 500;

    /// <summary>The step with its result.</summary>
    /// <param name="step">The step, ended.</param>
    /// <param name="result">What it came to; null of a fetch when no provider answered.</param>
    public static StepTime Succeeded(StepTime step, object? result) => result switch
    {
        ChainResult answer => step with
        {
            Outcome = "succeeded",
            Provider = answer.Result.Provider,
            Candles = answer.Result.Candles.Length,
            Message = Short(string.Join(" ", answer.Failures.Select(failure => $"{failure.Provider}: {failure.Message}"))),
        },
        CheckedAnswer answer => step with
        {
            Outcome = "succeeded",
            Candles = answer.Kept,
            Message = answer.Rejected.Count > 0 ? $"{answer.Rejected.Count} set aside" : null,
        },
        StoredCandle[] scored => step with { Outcome = "succeeded", Candles = scored.Length },
        WriteResult written => step with
        {
            Outcome = "succeeded",
            Candles = written.Inserted + written.Updated,
            Message = $"{written.Inserted} new, {written.Updated} revised",
        },
        ComputedFeatures computed => step with { Outcome = "succeeded", Message = $"{computed.Log.FeaturesComputed} values" },
        ComputeLogEntry computed => step with { Outcome = "succeeded", Message = $"{computed.FeaturesComputed} values" },
        null when step.Step == EnrichmentStep.Fetch =>
            step with { Outcome = "failed", Message = "No provider answered; it is asked for again later." },
        _ => step with { Outcome = "succeeded" },
    };

    /// <summary>The step with why it broke off.</summary>
    public static StepTime Failed(StepTime step, Exception cause) => cause switch
    {
        OperationCanceledException => step with { Outcome = "cancelled" },
        ProviderChainException chain => step with
        {
            Outcome = "failed",
            Provider = chain.Failures.Count > 0 ? string.Join(", ", chain.Failures.Select(failure => failure.Provider).Distinct()) : null,
            Message = Short(chain.Message),
        },
        _ => step with { Outcome = "failed", Message = Short(cause.Message) },
    };

    /// <summary>What there is to say of a step beside how it ended, as the end of a sentence.</summary>
    public static string Describe(StepTime step)
    {
        var candles = step.Candles is { } count ? $", {count} {(count == 1 ? "candle" : "candles")}" : "";
        var provider = step.Provider is { } name ? $" of {name}" : "";
        return $"{candles}{provider}{(step.Message is { } message ? $": {message}" : "")}";
    }

    private static string? Short(string text) => text.Length switch
    {
        0 => null,
        > LongestMessage => string.Concat(text.AsSpan(0, LongestMessage), "…"),
        _ => text,
    };
}
