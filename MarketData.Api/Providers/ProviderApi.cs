using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Providers;

/// <summary>One provider, seen and steered: <c>/api/v1/providers/{name}</c>.</summary>
internal static class ProviderApi
{
    // A node gives a provider up to seven seconds.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(9);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapProvider(this RouteGroupBuilder api)
    {
        var provider = api.MapGroup("/providers/{name}").WithTags("Providers");
        provider.MapGet("/", Get).MayFailWith(ProblemCodes.ProviderNotFound).WithName("GetProvider")
            .WithSummary("How one provider does: requests, errors and latency over time, circuit changes, and the symbols that it failed");
        provider.MapGet("/requests", GetRequests).MayFailWith(ProblemCodes.ProviderNotFound).WithName("GetProviderRequests")
            .WithSummary("The last requests to a provider, newest first");
        provider.MapPost("/probe", Probe).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.ProviderNotFound, ProblemCodes.NoNode)
            .WithName("ProbeProvider").WithSummary("Ask a provider now whether it serves, whatever its circuit says");
        provider.MapPost("/isolate", Isolate).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.ProviderNotFound)
            .WithName("IsolateProvider").WithSummary("Shut a provider off, on every node, until it is restored");
        provider.MapPost("/restore", Restore).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.ProviderNotFound)
            .WithName("RestoreProvider").WithSummary("Have a provider asked again that was shut off, or whose circuit has opened");
        return api;
    }

    private static async Task<Results<Ok<ProviderDetail>, ProblemHttpResult>> Get(
        [Provider, Description("The provider, in any case.")] string name,
        ProviderStateStore providers,
        ProviderReader reader,
        MetricsReader metrics,
        HealthReader health,
        CancellationToken cancellationToken,
        [Parsable(typeof(Window))] string window = Window.Default)
    {
        if (await FindAsync(providers, name, cancellationToken) is not { } provider)
            return NotFound(name);
        var length = Window.Parse(window).Length;
        var bucket = Window.BucketFor(length);
        var rows = await reader.ReadAsync(provider, length, bucket, cancellationToken);
        var fetches = (await metrics.ReadFetchesAsync(length, cancellationToken)).FirstOrDefault(row => row.Source == provider);
        List<ProviderState> states = [.. (await health.ReadAsync(cancellationToken)).Providers.Where(state => state.Resilience.Provider == provider)];
        return TypedResults.Ok(new ProviderDetail(
            provider, window, (int)bucket.TotalSeconds, ProviderCalls.From(provider, fetches, states), rows.Isolation,
            [.. states.Select(state => state.Resilience)], rows.Points, rows.Circuits, rows.Affected, rows.AffectedTotal));
    }

    private static async Task<Results<Ok<ProviderRequestPage>, ProblemHttpResult>> GetRequests(
        [Provider, Description("The provider, in any case.")] string name,
        [AsParameters] ProviderRequestsQuery query,
        HttpRequest request,
        ProviderStateStore providers,
        ProviderReader reader,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(providers, name, cancellationToken) is not { } provider)
            return NotFound(name);
        var symbol = query.Symbol is { } text ? Symbol.Parse(text).Value : null;
        var filter = new RequestFilter(provider, query.Failed, symbol, query.JobId, query.Cursor?.Number);
        var rows = await reader.ReadRequestsAsync(filter, query.Limit + 1, cancellationToken);
        IReadOnlyList<LoggedRequest> items = [.. rows.Take(query.Limit)];
        return TypedResults.Ok(new ProviderRequestPage(
            items, rows.Count > query.Limit ? new NumberCursor(items[^1].Id, CursorQuery.Of(request)).ToString() : null));
    }

    private static async Task<Results<Ok<ProviderCheckReport>, ProblemHttpResult>> Probe(
        [Provider, Description("The provider, in any case.")] string name,
        HttpContext context,
        ProviderStateStore providers,
        ProviderProbeStore probes,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(providers, name, cancellationToken) is not { } provider)
            return NotFound(name);
        switch (await probes.AskAsync(provider, WaitLimit, cancellationToken))
        {
            case ({ } probe, _):
                context.Note($"provider {provider} probed: {probe.Providers[0].VerdictName}");
                return TypedResults.Ok(ProviderCheckReport.Of(probe));
            case (null, true):
                return Problems.Of(
                    ProblemCodes.NoNode, $"No enrichment node answered within {WaitLimit.TotalSeconds:0} s; ask again, or look at the nodes' logs.");
            default:
                return Problems.Of(
                    ProblemCodes.NoNode, "No enrichment node is live, and only nodes speak to providers: start one.");
        }
    }

    private static async Task<Results<Ok<ProviderSwitch>, ProblemHttpResult>> Isolate(
        [Provider, Description("The provider, in any case.")] string name,
        IsolateRequest? body,
        HttpContext context,
        ProviderStateStore providers,
        ProviderIsolationStore isolations,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(providers, name, cancellationToken) is not { } provider)
            return NotFound(name);
        var (isolation, isNew) = await isolations.IsolateAsync(provider, context.Actor().Name, body?.Reason, cancellationToken);
        context.Note($"provider {provider}", ("isolated", !isNew, true), ("reason", isNew ? null : isolation.Reason, isolation.Reason));
        return TypedResults.Ok(new ProviderSwitch(provider, true, isolation));
    }

    private static async Task<Results<Ok<ProviderSwitch>, ProblemHttpResult>> Restore(
        [Provider, Description("The provider, in any case.")] string name,
        HttpContext context,
        ProviderStateStore providers,
        ProviderIsolationStore isolations,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(providers, name, cancellationToken) is not { } provider)
            return NotFound(name);
        var was = await isolations.RestoreAsync(provider, context.Actor().Name, cancellationToken);
        context.Note($"provider {provider}", ("isolated", was, false));
        return TypedResults.Ok(new ProviderSwitch(provider, false, null));
    }

    // By the name that its rows have; null where no node has told of it.
    private static async Task<string?> FindAsync(ProviderStateStore providers, string name, CancellationToken cancellationToken) =>
        (await providers.ReadNamesAsync(cancellationToken)).FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ProblemHttpResult NotFound(string name) => Problems.Of(ProblemCodes.ProviderNotFound, $"No node has told of a provider {name}.");
}
