using System.Text.Json;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Imports;

/// <summary>Takes rows in: what of them are candles is put on disk some at a time, and handed to a run when all are there, or only looked at.</summary>
internal sealed class ImportIntake(
    ImportStore imports, SymbolStore symbols, CorporateActionReader actions, SeriesReader series, IOptions<StorageOptions> storage,
    IOptions<ImportOptions> options, TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Says what an import would do, and does nothing.</summary>
    /// <exception cref="UnreadableImportException">Nothing of it is a candle, or it can't be read.</exception>
    public async Task<ImportReport> LookAsync(IBarRows rows, ImportSettings settings, CancellationToken cancellation)
    {
        var upload = await imports.BeginDryRunAsync(cancellation);
        try
        {
            var reception = await ReceiveAsync(rows, settings, upload, cancellation);
            var report = reception.Report(settings.Name, isDryRun: true);
            var compared = new List<ImportReportSeries>();
            foreach (var one in report.Series)
                compared.Add(await CompareAsync(upload.Name, one, cancellation));
            return report with { Series = compared };
        }
        finally
        {
            await imports.DiscardAsync(upload, CancellationToken.None);
        }
    }

    /// <summary>Takes an import in, and has a run store it.</summary>
    /// <returns>What was found and the run; no run while another import of the name, or other work on the very same range, is under way.</returns>
    /// <exception cref="UnreadableImportException">Nothing of it is a candle, or it can't be read; nothing is imported.</exception>
    public async Task<(ImportReport? Report, RunTicket? Run)> TakeAsync(
        IBarRows rows, ImportSettings settings, RunRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await imports.BeginAsync(settings.Name, request.RequestedBy, cancellation) is not { } upload)
            return (null, null);
        try
        {
            var reception = await ReceiveAsync(rows, settings, upload, cancellation);
            var report = reception.Report(settings.Name, isDryRun: false);
            var run = await imports.FinishAsync(upload, JsonSerializer.Serialize(report, Json), request, cancellation);
            return (report, run);
        }
        finally
        {
            // What was handed to a run is no upload any more.
            await imports.DiscardAsync(upload, CancellationToken.None);
        }
    }

    /// <summary>The report that was kept of an import; null while it is received.</summary>
    public async Task<ImportReport?> ReportAsync(string import, CancellationToken cancellation) =>
        await imports.ReadReportAsync(import, cancellation) is { } kept ? JsonSerializer.Deserialize<ImportReport>(kept, Json) : null;

    private async Task<ImportReception> ReceiveAsync(IBarRows rows, ImportSettings settings, ImportUpload upload, CancellationToken cancellation)
    {
        var followed = await symbols.ReadAllAsync(new SymbolFilter { Active = true }, cancellation);
        var reception = new ImportReception(rows, settings, followed, actions, storage.Value.Retention, time.GetUtcNow().UtcDateTime);
        var adding = Task.CompletedTask;
        try
        {
            await foreach (var portion in rows.ReadAsync(cancellation))
            {
                await reception.TakeAsync(portion, cancellation);
                if (!reception.IsFull)
                    continue;
                await adding;
                adding = AddAsync(upload, reception.TakeChunks(), cancellation);
            }

            await reception.EndAsync(cancellation);
            await adding;
            adding = AddAsync(upload, reception.TakeChunks(), cancellation);
        }
        finally
        {
            await adding;
        }

        reception.RefuseNothing();
        return reception;
    }

    private async Task AddAsync(ImportUpload upload, IReadOnlyList<ImportChunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count > 0 && !await imports.AddAsync(upload, chunks, cancellation))
            throw new UnreadableImportException("name", $"Another upload of '{upload.Name}' has begun meanwhile, and this one was given up.");
    }

    private async Task<ImportReportSeries> CompareAsync(string import, ImportReportSeries one, CancellationToken cancellation)
    {
        var (symbol, interval) = (Symbol.Parse(one.Symbol), BarIntervals.Parse(one.Timeframe));
        var followed = await symbols.ReadAsync(one.Symbol, cancellation);
        var calendar = TradingCalendar.For(new Instrument(symbol, AssetClassNames.Parse(followed!.AssetClass)));
        var (fresh, same, changed, kept, conflicting) = (0L, 0L, 0L, 0L, 0L);
        foreach (var part in await imports.PartsAsync(import, symbol, interval, cancellation))
        {
            var candles = await imports.ReadPartAsync(import, symbol, interval, part, cancellation);
            var (valid, rejected) = StructuralCheck.Separate(candles, calendar, interval, time.GetUtcNow().UtcDateTime);
            conflicting += rejected.Count(bar => bar.Reason == ValidationRules.DuplicateConflict);
            var stored = (await series.RangeAsync(symbol, interval, candles[0].Timestamp, candles[^1].Timestamp.AddMicroseconds(1), cancellation))
                .ToDictionary(known => known.Candle.Timestamp);
            foreach (var candle in valid)
            {
                if (!stored.TryGetValue(candle.Timestamp, out var known))
                    fresh++;
                else if (known.Candle == ImportedCandles.Complete(candle, known.Candle))
                    same++;
                else if (options.Value.Precedence == ImportPrecedence.Provider && !ImportSources.IsImport(known.Source))
                    kept++;
                else
                    changed++;
            }
        }

        return one with { New = fresh, Same = same, Changed = changed, Kept = kept, Conflicting = conflicting };
    }
}
