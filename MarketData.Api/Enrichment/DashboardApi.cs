using MarketData.Api.Errors;
using MarketData.Api.Providers;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Enrichment;

/// <summary>How enrichment does: <c>/api/v1/enrichment/dashboard</c>.</summary>
public static class DashboardApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapDashboard(this RouteGroupBuilder group)
    {
        group.MapGet("/dashboard/overview", GetOverview).WithName("GetOverview").WithSummary("The state of enrichment at a glance");
        group.MapGet("/dashboard/metrics", GetMetrics).WithName("GetMetrics").WithSummary("Fetching, computing and quality over a window");
        group.MapGet("/dashboard/metrics/series", GetMetricSeries).WithName("GetMetricSeries")
            .WithSummary("The same over time, by provider and interval");
        group.MapGet("/dashboard/health", GetHealth).WithName("GetHealth").WithSummary("The health of the whole and of each part");
        group.MapGet("/dashboard/attention", GetAttention).WithName("GetAttention").WithSummary("What about symbols a person should look at, and what to do");
        group.MapGet("/dashboard/circuits", GetCircuits).WithName("GetCircuits").WithSummary("How providers' circuits changed");
        group.MapGet("/dashboard/job-status/{symbol}", GetJobStatus).WithName("GetJobStatus").WithSummary("One symbol's enrichment");
        return group;
    }

    private static async Task<Ok<Overview>> GetOverview(OverviewReader reader, DatabaseWrites writes, CancellationToken cancellationToken) =>
        TypedResults.Ok(Overview.From(await reader.ReadAsync(cancellationToken), writes.Trouble is null));

    private static async Task<Ok<DashboardMetrics>> GetMetrics(
        MetricsReader reader,
        IOptions<QualityOptions> quality,
        CancellationToken cancellationToken,
        [Parsable(typeof(Window))] string window = Window.Default)
    {
        var rows = await reader.ReadAsync(Window.Parse(window).Length, quality.Value.MinimumScore, cancellationToken);
        var (fetches, computations) = (FetchPipeline.From(rows.Fetches), ComputePipeline.From(rows.Computations));
        return TypedResults.Ok(new DashboardMetrics(window, fetches, computations, rows.Quality));
    }

    private static async Task<Ok<MetricSeries>> GetMetricSeries(
        MetricsReader reader, CancellationToken cancellationToken, [Parsable(typeof(Window))] string window = Window.Default)
    {
        var length = Window.Parse(window).Length;
        var bucket = Window.BucketFor(length);
        var rows = await reader.ReadSeriesAsync(length, bucket, cancellationToken);
        return TypedResults.Ok(new MetricSeries(window, (int)bucket.TotalSeconds, rows.Fetches, rows.Computations, rows.Quality));
    }

    private static async Task<Ok<DashboardHealth>> GetHealth(
        HealthReader reader, DatabaseWrites writes, TimeProvider time, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await reader.PingAsync(cancellationToken);
        var latency = time.GetElapsedTime(asked);
        return TypedResults.Ok(HealthAssessment.Of(await reader.ReadAsync(cancellationToken), latency, writes.Trouble));
    }

    private static async Task<Ok<SymbolsToLookAt>> GetAttention(
        AttentionReader reader,
        [Parsable(typeof(Symbol)), Description("Only of this symbol.")] string? symbol,
        [OneOf(
            AttentionKinds.Disputed, AttentionKinds.Unconverted, AttentionKinds.IdentityMismatch, AttentionKinds.PossibleTickerReuse,
            AttentionKinds.UnitShift, AttentionKinds.Delisted), Description("Only of this kind.")] string? kind,
        CancellationToken cancellationToken,
        [WholeNumber(1, 1000), Description("Items to list.")] int limit = 100)
    {
        var (counts, items) = await reader.ReadAsync(
            symbol is null ? null : Symbol.Parse(symbol), kind?.ToLowerInvariant(), limit, cancellationToken);
        return TypedResults.Ok(new SymbolsToLookAt(counts, [.. items.Select(SymbolToLookAt.Of)]));
    }

    private static async Task<Results<Ok<CircuitHistory>, ProblemHttpResult>> GetCircuits(
        HealthReader reader,
        ProviderStateStore providers,
        [Provider, Description("Only this provider.")] string? provider,
        CancellationToken cancellationToken,
        [WholeNumber(1, 1000), Description("Changes to list.")] int limit = 100) =>
        await providers.ObjectionAsync(provider, cancellationToken) is { } objection
            ? objection
            : TypedResults.Ok(new CircuitHistory(await reader.ReadCircuitsAsync(provider?.ToLowerInvariant(), limit, cancellationToken)));

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> GetJobStatus(
        Symbol symbol, SymbolStatusReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(symbol.Value, cancellationToken) is not { } status)
            return Problems.NotTracked(symbol);
        var coverage = await reader.ReadCoverageAsync(symbol.Value, cancellationToken);
        var job = await reader.ReadCurrentJobAsync(symbol.Value, cancellationToken);
        return TypedResults.Ok(new JobStatus(status.Reaching(coverage, time.GetUtcNow().UtcDateTime), job, coverage));
    }
}
