using MarketData.Api.Errors;
using MarketData.Api.Historical;
using MarketData.Api.Security;
using MarketData.Bulk;
using MarketData.Bulk.Files;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Storage.Bulk;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace MarketData.Api.Bulk;

/// <summary>The warehouse as Parquet files: <c>/api/v1/bulk</c>.</summary>
public static partial class BulkApi
{
    private const int MostRuns = 100;

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapBulk(this RouteGroupBuilder api)
    {
        var bulk = api.MapGroup("/bulk").WithTags("Data");
        bulk.MapGet("/", ListAsync).MayFailWith(ProblemCodes.BulkNotFound)
            .WithName("GetBulk").WithSummary("The warehouse as Parquet files, of one instant");
        bulk.MapGet("/runs", ListRunsAsync).WithName("GetBulkRuns").WithSummary("The runs that wrote bulk files");
        bulk.MapGet("/{file}", GetFileAsync)
            .Produces(StatusCodes.Status200OK, contentType: CandleFormat.Parquet.MediaType())
            .MayFailWith(
                ProblemCodes.BulkNotFound, ProblemCodes.RangeNotSatisfiable, ProblemCodes.BulkUnreadable,
                ProblemCodes.TooManyStreams, ProblemCodes.StreamsBusy)
            .AddOpenApiOperationTransformer(DescribeFileAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetBulkFile").WithSummary("A bulk file, or ranges of it");
        bulk.MapPost("/", RequestAsync).MayFailWith(ProblemCodes.BulkOff)
            .RequireScope(Scopes.Enrich).WithName("WriteBulk").WithSummary("Write what has changed to bulk files now");
        return api;
    }

    private static async Task<Results<Ok<BulkList>, ProblemHttpResult>> ListAsync(
        [AsParameters] BulkQuery query, BulkStore store, IOptions<BulkOptions> options, CancellationToken cancellationToken)
    {
        if (await store.VersionAsync(query.Version, cancellationToken) is not { } version)
        {
            return Problems.Of(
                ProblemCodes.BulkNotFound,
                query.Version is { } number ? $"There is no version {number}, or none any more; GET /api/v1/bulk/runs lists them."
                : options.Value.IsOn ? "No bulk files have been written yet: POST /api/v1/bulk has that done."
                : NotOn);
        }

        var files = await store.FilesAsync(version.Id, query.Timeframe?.ToLowerInvariant(), cancellationToken);
        return TypedResults.Ok(new BulkList(
            version.Id, version.AsOf!.Value, version.CompletedAt!.Value, BulkManifest.Adjusted, [.. files.Select(ViewOf)]));
    }

    private static async Task<Ok<BulkRunList>> ListRunsAsync(BulkStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new BulkRunList([.. (await store.RunsAsync(MostRuns, cancellationToken)).Select(BulkRunView.Of)]));

    private static async Task<Results<Accepted<BulkRunView>, ProblemHttpResult>> RequestAsync(
        HttpContext context, BulkStore store, IOptions<BulkOptions> options, CancellationToken cancellationToken)
    {
        if (!options.Value.IsOn)
            return Problems.Of(ProblemCodes.BulkOff, NotOn);
        var run = await store.RequestAsync(context.Actor().Name, cancellationToken);
        return TypedResults.Accepted("/api/v1/bulk/runs", BulkRunView.Of(run));
    }

    // Names hold the checksum, so that what a client has of one is good for ever.
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetFileAsync(
        [Description("The file's name, as the list has it.")] string file,
        HttpContext context, BulkStore store, StreamLimits limits, IServiceProvider services, IOptions<BulkOptions> options, ILogger<BulkFile> logger)
    {
        if (await store.FindFileAsync(file, context.RequestAborted) is not { } found)
        {
            return Problems.Of(
                ProblemCodes.BulkNotFound, "There is no such file, or none any more; GET /api/v1/bulk lists those of the newest version.");
        }

        if (await limits.EnterAsync(context, StreamKind.Export) is { } refused)
            return refused;
        if (await OpenAsync(found, services, options.Value, logger, context.RequestAborted) is not { } content)
        {
            return Problems.Of(
                ProblemCodes.BulkUnreadable,
                "The file is on record and cannot be read: this service's log says which setting is to be looked at.");
        }

        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        context.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(found.Sha256))}:";
        return TypedResults.File(
            content, CandleFormat.Parquet.MediaType(), found.File, entityTag: new EntityTagHeaderValue($"\"{found.Sha256}\""),
            enableRangeProcessing: true);
    }

    private static async Task<Stream?> OpenAsync(
        BulkFile file, IServiceProvider services, BulkOptions options, ILogger logger, CancellationToken cancellation)
    {
        if (!options.IsOn)
        {
            LogUnreadable(logger, file.Path, "Bulk:Target is not set.");
            return null;
        }

        var target = services.GetRequiredService<IBulkTarget>();
        try
        {
            var content = await target.OpenAsync(file.Path, file.SizeBytes, cancellation);
            if (content is null)
                LogUnreadable(logger, file.Path, $"Bulk:Target is '{target.Name}', where it is not: enrichment may have another.");
            return content;
        }
        catch (BulkTargetException e)
        {
            LogUnreadable(logger, file.Path, e.Message);
            return null;
        }
    }

    private static BulkFileView ViewOf(BulkFile file) => new(
        file.File, $"/api/v1/bulk/{file.File}", file.Timeframe, BulkPartition.PeriodOf(BarIntervals.Parse(file.Timeframe), file.PeriodFrom),
        file.PeriodFrom, file.PeriodUntil, file.FirstTs, file.LastTs,
        file.Rows, file.Series, file.SizeBytes, file.Sha256);

    private static Task DescribeFileAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var content = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        operation.Parameters ??= [];
        operation.Parameters.Add(Header("Range", "Bytes to give, such as `bytes=0-1023` or `bytes=-8`: the answer is 206."));
        operation.Parameters.Add(Header("If-Range", "An `ETag`: the range is given when it still holds, as it does while there is such a file."));
        if (operation.Responses?["200"] is OpenApiResponse whole)
        {
            whole.Description = "The file.";
            whole.Content = new Dictionary<string, OpenApiMediaType> { [CandleFormat.Parquet.MediaType()] = content };
        }

        operation.Responses!["206"] = new OpenApiResponse
        {
            Description = "The bytes that `Range` asks for.",
            Content = new Dictionary<string, OpenApiMediaType> { [CandleFormat.Parquet.MediaType()] = content },
        };
        return Task.CompletedTask;
    }

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private const string NotOn = "No bulk files are written here: Bulk:Target is not set.";

    [LoggerMessage(LogLevel.Error, "The bulk file {File} cannot be read. {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string file, string reason);
}
