using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Providers;

/// <summary>How one provider does.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Window">The window asked for, such as <c>24h</c>, which all but the nodes' present state is of.</param>
/// <param name="BucketSeconds">Length of each stretch of time, seconds.</param>
/// <param name="Calls">Requests, series, errors and latency in all.</param>
/// <param name="Isolation">That a person has shut it off; null when nobody has.</param>
/// <param name="Nodes">Circuit, rate limiter and bulkhead on each node.</param>
/// <param name="Points">Requests and latency over time, first to last; stretches without any are left out.</param>
/// <param name="Circuits">How its circuits changed, newest first, 200 at most.</param>
/// <param name="Affected">Symbols that it failed when it was last asked for them, or would have been, newest first, 100 at most.</param>
/// <param name="AffectedTotal">How many those are in all.</param>
public sealed record ProviderDetail(
    string Provider, string Window, int BucketSeconds, ProviderCalls Calls, ProviderIsolation? Isolation, IReadOnlyList<ProviderResilience> Nodes,
    IReadOnlyList<ProviderPoint> Points, IReadOnlyList<CircuitTransition> Circuits, IReadOnlyList<AffectedSymbol> Affected, long AffectedTotal);

/// <summary>Which requests to list.</summary>
public sealed record ProviderRequestsQuery(
    [property: Description("Only requests that came to nothing (true), or only the others (false).")] bool? Failed,
    [property: Parsable(typeof(Symbol)), Description("Only requests for this symbol, in any case.")] string? Symbol,
    [property: FromQuery(Name = "job_id"), Description("Only requests of this run.")] Guid? JobId,
    NumberCursor? Cursor,
    [property: WholeNumber(1, 500), Description("Requests on a page.")] int Limit = 50);

/// <summary>A page of requests to a provider, newest first. The last 20,000 are kept.</summary>
/// <param name="Items">The requests.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record ProviderRequestPage(IReadOnlyList<LoggedRequest> Items, string? NextCursor);

/// <summary>Why a provider is shut off.</summary>
public sealed record IsolateRequest
{
    /// <summary>Why, for those who find it shut off; at most 200 characters.</summary>
    [Text(200)]
    public string? Reason { get; init; }
}

/// <summary>Whether a provider may be asked. Nodes know within a second or two; requests that are under way end.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Isolated">Whether it is shut off.</param>
/// <param name="Isolation">By whom, when and why; null when it is not.</param>
public sealed record ProviderSwitch(string Provider, bool Isolated, ProviderIsolation? Isolation);
