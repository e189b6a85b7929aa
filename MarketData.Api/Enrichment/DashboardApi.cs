using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Enrichment;

/// <summary>How enrichment does: <c>/api/v1/enrichment/dashboard</c>.</summary>
public static class DashboardApi
{
    private static readonly RequestParameter<Window> MetricsWindow = Window("24h");
    private static readonly RequestParameter<string?> Provider = OneOf("provider", "Only this provider.", ["polygon", "binance", "yahoo"]);
    private static readonly RequestParameter<int?> ChangeLimit = Integer("limit", "Changes to list.", 1, 1000, 100);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapDashboard(this RouteGroupBuilder group)
    {
        group.MapGet("/dashboard/overview", GetOverview).WithName("GetOverview").WithSummary("The state of enrichment at a glance");
        group.MapGet("/dashboard/metrics", GetMetrics).Takes(MetricsWindow).WithName("GetMetrics").WithSummary("Fetching, computing and quality over a window");
        group.MapGet("/dashboard/metrics/series", GetMetricSeries).Takes(MetricsWindow).WithName("GetMetricSeries").WithSummary("The same over time, by provider and interval");
        group.MapGet("/dashboard/health", GetHealth).WithName("GetHealth").WithSummary("The health of the whole and of each part");
        group.MapGet("/dashboard/circuits", GetCircuits).Takes(Provider, ChangeLimit).WithName("GetCircuits").WithSummary("How providers' circuits changed");
        group.MapGet("/dashboard/job-status/{symbol}", GetJobStatus).Takes(RouteSymbol).ProducesProblem(404).WithName("GetJobStatus").WithSummary("One symbol's enrichment");
        return group;
    }

    private static async Task<Ok<Overview>> GetOverview(OverviewReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(Overview.From(await reader.ReadAsync(cancellationToken)));

    private static async Task<Ok<DashboardMetrics>> GetMetrics(
        RequestValues request, MetricsReader reader, IOptions<QualityOptions> quality, CancellationToken cancellationToken)
    {
        var window = request.Get(MetricsWindow);
        var rows = await reader.ReadAsync(window.Length, quality.Value.MinimumScore, cancellationToken);
        return TypedResults.Ok(new DashboardMetrics
        {
            Window = window.Text,
            FetchPipeline = FetchPipeline.From(rows.Fetches),
            ComputePipeline = ComputePipeline.From(rows.Computations),
            DataQuality = rows.Quality,
        });
    }

    private static async Task<Ok<MetricSeries>> GetMetricSeries(RequestValues request, MetricsReader reader, CancellationToken cancellationToken)
    {
        var window = request.Get(MetricsWindow);
        var bucket = MetricSeries.BucketFor(window.Length);
        var rows = await reader.ReadSeriesAsync(window.Length, bucket, cancellationToken);
        return TypedResults.Ok(new MetricSeries
        {
            Window = window.Text,
            BucketSeconds = (int)bucket.TotalSeconds,
            Fetch = rows.Fetches,
            Compute = rows.Computations,
            Quality = rows.Quality,
        });
    }

    private static async Task<Ok<DashboardHealth>> GetHealth(HealthReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await reader.PingAsync(cancellationToken);
        var latency = time.GetElapsedTime(asked);
        return TypedResults.Ok(HealthAssessment.Of(await reader.ReadAsync(cancellationToken), latency));
    }

    private static async Task<Ok<CircuitHistory>> GetCircuits(RequestValues request, HealthReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new CircuitHistory(await reader.ReadCircuitsAsync(request.Get(Provider), request.Get(ChangeLimit)!.Value, cancellationToken)));

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> GetJobStatus(
        RequestValues request, SymbolStatusReader reader, CancellationToken cancellationToken)
    {
        var symbol = request.Get(RouteSymbol).Value;
        if (await reader.ReadAsync(symbol, cancellationToken) is not { } status)
            return Problems.NotFound($"The symbol {symbol} is not tracked.");
        var coverage = await reader.ReadCoverageAsync(symbol, cancellationToken);
        return TypedResults.Ok(JobStatus.From(status, await reader.ReadCurrentJobAsync(symbol, cancellationToken), coverage));
    }
}
