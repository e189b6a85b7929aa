using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>What the document says of the regular answers holds.</summary>
public sealed class ConformanceTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    [Fact]
    public async Task Every_operation_answers_what_it_documents()
    {
        var document = await ApiDescription.FetchAsync(api.Client);
        var left = document.Operations.Select(operation => operation.Id).ToHashSet();
        foreach (var (id, path, body) in Calls())
        {
            var operation = document.Operation(id);
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path) { Content = ContentOf(body) };
            using var answer = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            var text = operation.IsStream ? null : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).ShouldBeInRange(200, 299, $"{id} {path}: {text}");
            operation.Objection(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text).ShouldBeNull($"{id} {path}");
            // Every instant ends in Z.
            text?.ShouldNotContain("+00:00\"", customMessage: $"{id} {path}");
            left.Remove(id);
        }

        left.ShouldBeEmpty("operations without a call here");
    }

    [Fact]
    public async Task An_answer_that_is_not_documented_is_noticed()
    {
        var operation = (await ApiDescription.FetchAsync(api.Client)).Operation("GetSymbols");
        operation.Objection(HttpStatusCode.Gone, "application/json", "{}").ShouldNotBeNull();
        operation.Objection(HttpStatusCode.OK, "text/html", "{}").ShouldNotBeNull();
        operation.Objection(HttpStatusCode.OK, "application/json", """{"total":"many","symbols":[]}""").ShouldNotBeNull();
        operation.Objection(HttpStatusCode.OK, "application/json", """{"total":0,"symbols":[],"colour":"red"}""").ShouldNotBeNull();
        operation.Objection(HttpStatusCode.OK, "application/json", """{"total":0,"symbols":[]}""").ShouldBeNull();
    }

    private static HttpContent? ContentOf(object? body) => body switch
    {
        null => null,
        string file => new StringContent(file, Encoding.UTF8, "text/csv"),
        _ => JsonContent.Create(body),
    };

    private (string Id, string Path, object? Body)[] Calls()
    {
        const string v1 = "/api/v1", enrichment = v1 + "/enrichment", dashboard = enrichment + "/dashboard", admin = v1 + "/admin";
        return
        [
            ("GetOverview", dashboard + "/overview", null),
            ("GetMetrics", dashboard + "/metrics?window=7d", null),
            ("GetMetricSeries", dashboard + "/metrics/series?window=24h", null),
            ("GetHealth", dashboard + "/health", null),
            ("GetAttention", dashboard + "/attention", null),
            ("GetCircuits", dashboard + "/circuits", null),
            ("GetJobStatus", dashboard + "/job-status/BTC-USD", null),
            ("GetJobStatus", dashboard + "/job-status/MSFT", null),
            ("GetHistory", enrichment + "/history", null),
            ("GetRun", $"{enrichment}/runs/{api.Run}", null),
            ("GetJobs", enrichment + "/jobs", null),
            ("GetJob", $"{enrichment}/jobs/{api.Job}", null),
            ("GetRunDays", enrichment + "/history/days", null),
            ("GetRunTimeline", $"{enrichment}/runs/{api.Run}/timeline", null),
            ("GetJobLog", $"{enrichment}/jobs/{api.Job}/log", null),
            ("GetEvents", enrichment + "/events?kinds=candle&symbols=AAPL", null),
            ("CreateEventsToken", enrichment + "/events/token", null),
            ("GetHistorical", v1 + "/historical/BTC-USD?timeframe=1h&features=true&limit=50", null),
            ("GetHistorical", v1 + "/historical/AAPL", null),
            ("GetHistorical", v1 + "/historical/BTC-USD?timeframe=1h&format=csv", null),
            ("GetHistoricalSet", v1 + "/historical?symbols=BTC-USD,AAPL&timeframe=1h&features=true&limit=5", null),
            ("GetHistoricalSet", v1 + "/historical?asset_class=crypto&timeframe=1h&format=csv", null),
            ("GetLatest", v1 + "/latest?timeframe=1h", null),
            ("GetFeatureCatalogue", v1 + "/features", null),
            ("GetFeatures", v1 + "/features/BTC-USD?timeframe=1h&start=2023-12-25", null),
            ("GetCrossCheck", v1 + "/data/quality/cross-check?symbol=BTC-USD&timeframe=1h&provider=coinbase&start=2023-12-25&limit=10", null),
            ("GetQuality", v1 + "/data/quality/BTC-USD?start=2023-12-25", null),
            ("CompareProviders", v1 + "/data/quality/BTC-USD/providers?timeframe=1h&provider=binance&other_provider=polygon&start=2023-12-25&end=2023-12-26", null),
            ("GetCandleStory", v1 + "/data/quality/BTC-USD/candle?timeframe=1h&timestamp=2023-12-25T05:00:00Z", null),
            ("GetSymbols", v1 + "/symbols", null),
            ("PutWatchlist", v1 + "/watchlists/majors", new { symbols = new[] { "AAPL", "BTC-USD" } }),
            ("GetWatchlists", v1 + "/watchlists", null),
            ("GetWatchlist", v1 + "/watchlists/majors", null),
            ("GetSymbols", v1 + "/symbols?watchlist=majors", null),
            ("GetHistoricalSet", v1 + "/historical?watchlist=majors&limit=5", null),
            ("GetNotificationReceivers", v1 + "/notifications/receivers", null),
            ("CreateNotificationReceiver", v1 + "/notifications/receivers", new { name = "new", kind = "webhook", address = "https://example.com/x" }),
            ("GetNotificationReceiver", $"{v1}/notifications/receivers/{api.Receiver}", null),
            ("ChangeNotificationReceiver", $"{v1}/notifications/receivers/{api.Receiver}", new { is_enabled = false }),
            ("TestNotificationReceiver", $"{v1}/notifications/receivers/{api.Receiver}/test", null),
            ("RenewNotificationSecret", $"{v1}/notifications/receivers/{api.Receiver}/secret", null),
            ("GetNotificationRules", v1 + "/notifications/rules", null),
            ("CreateNotificationRule", v1 + "/notifications/rules", new { name = "new", occasion = "not_fresh", watchlist = "majors", due_by = "02:30", zone = "America/New_York", receivers = new[] { api.Receiver } }),
            ("GetNotificationRule", $"{v1}/notifications/rules/{api.Rule}", null),
            ("ChangeNotificationRule", $"{v1}/notifications/rules/{api.Rule}", new { name = "other", occasion = "quality_low", receivers = new[] { api.Receiver } }),
            ("GetNotificationIncidents", v1 + "/notifications/incidents", null),
            ("GetNotificationDeliveries", v1 + "/notifications/deliveries", null),
            ("GetNotificationDelivery", $"{v1}/notifications/deliveries/{api.Delivery}", null),
            ("RetryNotificationDelivery", $"{v1}/notifications/deliveries/{api.Delivery}/retry", null),
            ("DeleteNotificationRule", $"{v1}/notifications/rules/{api.Rule}", null),
            ("DeleteNotificationReceiver", $"{v1}/notifications/receivers/{api.OtherReceiver}", null),
            ("PutWatchlist", v1 + "/watchlists/unused", new { symbols = new[] { "AAPL" } }),
            ("DeleteWatchlist", v1 + "/watchlists/unused", null),
            ("GetDetailedSymbols", v1 + "/symbols/detailed?history_days=30", null),
            ("GetCorporateActions", v1 + "/corporate-actions/AAPL", null),
            ("GetExchanges", v1 + "/calendar", null),
            ("GetCalendar", v1 + "/calendar/XTKS?start=2024-12-01&end=2025-01-31", null),
            ("GetInstruments", v1 + "/instruments", null),
            ("GetInstrument", v1 + "/instruments/AAPL", null),
            ("GetBulk", v1 + "/bulk?timeframe=1h", null),
            ("GetBulkRuns", v1 + "/bulk/runs", null),
            ("GetBulkFile", $"{v1}/bulk/{api.BulkFile}", null),
            ("WriteBulk", v1 + "/bulk", null),
            ("GetProviders", v1 + "/metrics/providers", null),
            ("CheckProviders", v1 + "/providers/check", null),
            ("GetProviderRequests", v1 + "/providers/polygon/requests", null),
            ("ProbeProvider", v1 + "/providers/polygon/probe", null),
            ("IsolateProvider", v1 + "/providers/polygon/isolate", new { reason = "wrong prices" }),
            ("GetProvider", v1 + "/providers/polygon", null),
            ("RestoreProvider", v1 + "/providers/polygon/restore", null),
            ("GetStatus", v1 + "/status", null),
            ("GetSystem", v1 + "/system", null),
            ("GetAccess", v1 + "/access", null),
            ("Trigger", enrichment + "/trigger?symbols=BTC-USD", null),
            ("Trigger", enrichment + "/trigger", new { symbols = new[] { "AAPL" }, from = "2024-01-02", to = "2024-02-01" }),
            ("PlanBackfill", enrichment + "/backfills/plan", new { symbols = new[] { "AAPL" }, from = "2016-01-02", to = "2024-02-01" }),
            ("BeginBackfill", enrichment + "/backfills", new { symbols = new[] { "SPY" }, from = "2016-01-02", to = "2024-02-01" }),
            ("GetBackfills", enrichment + "/backfills", null),
            ("GetBackfill", $"{enrichment}/backfills/{api.Backfill}", null),
            ("ResumeBackfill", $"{enrichment}/backfills/{api.Backfill}/resume", null),
            ("CancelBackfill", $"{enrichment}/backfills/{api.Backfill}", null),
            ("RetryFailed", $"{enrichment}/retry-failed?job_id={api.Run}", null),
            ("Pause", enrichment + "/pause", null),
            ("PauseByGet", enrichment + "/pause", null),
            ("Resume", enrichment + "/resume", null),
            ("ResumeByGet", enrichment + "/resume", null),
            ("CancelRun", $"{enrichment}/runs/{api.Run}", null),
            ("CancelJob", $"{enrichment}/jobs/{api.Job}", null),
            ("LookUpSymbol", admin + "/symbols/lookup?symbol=NEW", null),
            ("AddSymbol", admin + "/symbols", new { symbol = "NEW", asset_class = "etf", name = "New" }),
            ("GetAdminSymbols", admin + "/symbols", null),
            ("GetAdminSymbol", admin + "/symbols/NEW", null),
            ("ChangeSymbol", admin + "/symbols/NEW", new { name = "Newer" }),
            ("ChangeTimeframes", admin + "/symbols/NEW/timeframes", new { timeframes = new[] { "1d", "1w" } }),
            ("EnterAlias", admin + "/symbols/NEW/aliases", new { provider = "polygon", provider_symbol = "OLD", valid_to = "2020-01-02" }),
            ("RemoveAlias", $"{admin}/symbols/MSFT/aliases/{api.Alias}", null),
            ("AcknowledgePriceLevel", admin + "/symbols/MSFT/acknowledgements", new { kind = "unit_shift" }),
            ("CutHistory", admin + "/symbols/MSFT/history-cuts", new { before = "2001-01-02" }),
            ("RemoveAliases", admin + "/symbols/NEW/aliases?provider=polygon", null),
            ("RemoveSymbol", admin + "/symbols/NEW?purge=true", null),
            ("RemoveSymbolByName", admin + "/symbols?symbol=MSFT", null),
            ("AddCorporateAction", v1 + "/corporate-actions/MSFT", new { ex_date = "2020-08-31", ratio_from = 1, ratio_to = 4 }),
            ("ConfirmCorporateAction", $"{v1}/corporate-actions/AAPL/{api.Report}", new { ex_date = "2020-08-31" }),
            ("WithdrawCorporateAction", $"{v1}/corporate-actions/AAPL/{api.Report}", null),
            ("CreateApiKey", admin + "/api-keys", new { name = "quant", scopes = new[] { "read" }, requests_per_minute = 10, expires_at = "2199-01-01" }),
            ("GetApiKeys", admin + "/api-keys", null),
            ("ChangeApiKey", $"{admin}/api-keys/{api.OtherKey}", new { name = "another" }),
            ("PatchApiKey", $"{admin}/api-keys/{api.OtherKey}", new { requests_per_minute = (int?)null }),
            ("Import", v1 + "/import?name=mine&adjustment=none&symbol=AAPL&timeframe=1d&format=csv", "time,open,high,low,close\n2024-01-02,1,2,1,1\n2024-01-03,x,2,1,1\n"),
            ("Import", v1 + "/import?name=mine&adjustment=none&dry_run=true&format=csv", "symbol,timeframe,time,open,high,low,close\nAAPL,1d,2024-01-02,1,2,1,1\n"),
            ("GetImports", v1 + "/imports", null),
            ("GetImport", v1 + "/imports/earlier", null),
            ("UndoImport", v1 + "/import/earlier", null),
            ("RevokeApiKey", $"{admin}/api-keys/{api.OtherKey}", null),
            ("GetApiKeyAudit", $"{admin}/api-keys/{api.OtherKey}/audit", null),
        ];
    }
}
