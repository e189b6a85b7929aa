using System.Net;
using Polly.Timeout;

namespace MarketData.Web.Api;

/// <summary>The Api did not do what was asked: its own words when it answered, what is known when it did not.</summary>
/// <param name="status">The HTTP status; null when no answer came.</param>
/// <param name="title">What went wrong, in a few words.</param>
/// <param name="detail">The cause, when the Api gave one.</param>
/// <param name="errors">For a refused request: what is wrong with each field.</param>
/// <param name="inner">The failure underneath, when no answer came.</param>
public sealed class ApiException(
    HttpStatusCode? status, string title, string? detail = null,
    IReadOnlyDictionary<string, string[]>? errors = null, Exception? inner = null)
    : Exception(title, inner)
{
    /// <summary>The HTTP status; null when the Api could not be reached.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>The cause, when the Api gave one.</summary>
    public string? Detail { get; } = detail;

    /// <summary>What is wrong with each field of a refused request.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors ?? new Dictionary<string, string[]>();

    /// <summary>Whether an answer was waited for in vain, so that it is open what became of the request.</summary>
    public bool TookTooLong => InnerException is TimeoutRejectedException or OperationCanceledException;

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    public string? ErrorOf(string field) => Errors.TryGetValue(field, out var messages) ? string.Join(" ", messages) : null;

    /// <summary>
    /// One or two sentences for a person: field errors when there are any, else what the status means where that is known, else the detail, else
    /// the title.
    /// </summary>
    public string Sentence => Errors.Count > 0
        ? string.Join(" ", Errors.Values.SelectMany(messages => messages))
        : Status is { } status && Refusals.Words(status, null) is not null ? Message : Detail ?? Message;
}
