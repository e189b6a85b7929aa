using System.Diagnostics;
using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace MarketData.Api.Imports;

/// <summary>Histories that users bring: <c>/api/v1/import</c> and <c>/api/v1/imports</c>.</summary>
public static class ImportApi
{
    private const string Csv = "text/csv";
    private const string Parquet = "application/vnd.apache.parquet";

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapImports(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("Imports").RequireScope(Scopes.Admin);
        group.MapPost("/import", Import).WithRequestTimeout(SecuritySetup.ExportTimeout)
            .MayFailWith(
                ProblemCodes.ImportBusy, ProblemCodes.ImportTooLarge, ProblemCodes.ImportFormatUnknown, ProblemCodes.ImportUnreadable)
            .AddOpenApiOperationTransformer(DescribeBodyAsync)
            .WithName("Import").WithSummary("Bring a history of your own, as CSV or Parquet, or see what that would do");
        group.MapDelete("/import/{name}", Undo).MayFailWith(ProblemCodes.ImportNotFound, ProblemCodes.ImportBusy)
            .WithName("UndoImport").WithSummary("Undo an import as a whole");
        group.MapGet("/imports", GetAll).WithName("GetImports").WithSummary("Every import, the latest first");
        group.MapGet("/imports/{name}", GetOne).MayFailWith(ProblemCodes.ImportNotFound).WithName("GetImport").WithSummary("An import with its series");
        return api;
    }

    private static async Task<Results<Ok<ImportReport>, Accepted<ImportAccepted>, ProblemHttpResult>> Import(
        [AsParameters] ImportQuery query, HttpContext context, ImportIntake intake, IOptions<ImportOptions> options, CancellationToken cancellationToken)
    {
        var objections = new Dictionary<string, string[]>();
        if (ImportSettingsReader.Read(query, objections) is not { } settings)
            return Problems.Invalid(objections);
        if (FormatOf(query, context.Request) is not { } format)
            return Problems.Of(ProblemCodes.ImportFormatUnknown, $"The body must be {Csv} or {Parquet}; say so in Content-Type, or by format=csv or format=parquet.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.Value.MaxBytes;
        try
        {
            await using var file = format == "parquet" ? await SpoolAsync(context.Request.Body, cancellationToken) : null;
            await using IBarRows rows = file is null
                ? await CsvRows.OpenAsync(context.Request.Body, settings.Reading, cancellationToken)
                : await ParquetRows.OpenAsync(file, settings.Reading, cancellationToken);
            if (query.DryRun)
                return TypedResults.Ok(await intake.LookAsync(rows, settings, cancellationToken));
            var request = new RunRequest { Trigger = RunTrigger.Import, RequestedBy = context.Actor().Name, TraceParent = Activity.Current?.Id };
            var (report, run) = await intake.TakeAsync(rows, settings, request, cancellationToken);
            return run is { JobId: { } id } && report is not null
                ? TypedResults.Accepted($"/api/v1/imports/{settings.Name}", new ImportAccepted(id, "queued", report))
                : Busy(settings.Name);
        }
        catch (UnreadableImportException e)
        {
            return Problems.Of(ProblemCodes.ImportUnreadable, e.Message, new() { [e.Field] = [e.Message] });
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.Of(ProblemCodes.ImportTooLarge, $"The file has more than {options.Value.MaxBytes} bytes.");
        }
    }

    private static async Task<Results<Accepted<ImportUndone>, ProblemHttpResult>> Undo(
        string name, HttpContext context, ImportStore imports, CancellationToken cancellationToken)
    {
        var request = new RunRequest { Trigger = RunTrigger.Import, RequestedBy = context.Actor().Name, TraceParent = Activity.Current?.Id };
        var (outcome, run) = await imports.UndoAsync(name, request, cancellationToken);
        return outcome switch
        {
            ImportUndoOutcome.Unknown => NoSuchImport(name),
            ImportUndoOutcome.Busy => Busy(name),
            _ => TypedResults.Accepted($"/api/v1/imports/{name}", new ImportUndone(name, run?.JobId, run is null ? "undone" : "queued")),
        };
    }

    private static async Task<Ok<ImportList>> GetAll(ImportStore imports, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ImportList(await imports.ReadAllAsync(cancellationToken)));

    private static async Task<Results<Ok<ImportDetail>, ProblemHttpResult>> GetOne(
        string name, ImportStore imports, ImportIntake intake, CancellationToken cancellationToken) =>
        await imports.ReadAsync(name, cancellationToken) is { } import
            ? TypedResults.Ok(new ImportDetail(
                import, await imports.ReadSeriesAsync(name, cancellationToken), await intake.ReportAsync(name, cancellationToken)))
            : NoSuchImport(name);

    // Parquet is read from its end, so that it is all there before anything is read.
    private static async Task<FileStream> SpoolAsync(Stream body, CancellationToken cancellation)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await body.CopyToAsync(file, cancellation);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static string? FormatOf(in ImportQuery query, HttpRequest request) => query.Format?.ToLowerInvariant() ?? MediaTypeOf(request) switch
    {
        Csv or "application/csv" or "text/plain" or "text/tab-separated-values" => "csv",
        Parquet or "application/parquet" or "application/x-parquet" => "parquet",
        _ => null,
    };

    private static string? MediaTypeOf(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static Task DescribeBodyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file: CSV with the names of its columns in the first line, or Parquet.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Csv] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                [Parquet] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            },
        };
        return Task.CompletedTask;
    }

    private static ProblemHttpResult Busy(string name) => Problems.Of(
        ProblemCodes.ImportBusy,
        $"The import '{name}' is being stored or undone, or one of its symbols has work waiting for the very same range. Try again when that has ended.");

    private static ProblemHttpResult NoSuchImport(string name) => Problems.Of(ProblemCodes.ImportNotFound, $"There is no import '{name}'.");
}
