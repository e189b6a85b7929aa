import { betterAbove, board, lines, number, row, states, worseAbove } from "./panels.mjs";

/** Is the data good, did the night go well, what is the system doing? */
export const overview = () =>
  board("marketdata-overview", "Overview", "Service levels, runs and freshness: the first page for on-call.")
    .withRow(row("Service levels"))
    .withPanel(number("Job success, 26 h", [[
      `sum(increase(marketdata_enrichment_job_duration_seconds_count{outcome="success"}[26h])) / sum(increase(marketdata_enrichment_job_duration_seconds_count{outcome=~"success|failed"}[26h]))`]],
      { unit: "percentunit", steps: betterAbove(0.9, 0.95), page: "jobs", about: "Objective: 95% of symbol jobs succeed." }))
    .withPanel(number("Fresh symbols", [["1 - marketdata:symbols_not_fresh:ratio"]],
      { unit: "percentunit", steps: betterAbove(0.95, 0.99), page: "symbols", about: "Objective: 99% of tracked symbols are neither stale nor in error." }))
    .withPanel(number("Average quality", [["marketdata:quality_score:avg"]],
      { unit: "percentunit", steps: betterAbove(0.8, 0.85), page: "symbols", about: "Mean candle score × completeness, over symbols and intervals." }))
    .withPanel(number("Since the last run", [["time() - max(marketdata_scheduler_last_run_seconds)"]],
      { unit: "s", steps: worseAbove(86400, 93600), page: "jobs", about: "A run is due every night at 01:30 UTC." }))
    .withPanel(number("Until the next run", [["max(marketdata_scheduler_next_run_seconds) - time()"]], { unit: "s", page: "jobs" }))
    .withPanel(number("Live nodes", [["max(marketdata_enrichment_nodes_live)"]], { steps: betterAbove(1, 1), page: "system" }))
    .withRow(row("Runs"))
    .withPanel(lines("Symbol jobs by outcome", [["sum by (outcome) (increase(marketdata_enrichment_job_duration_seconds_count[$__rate_interval]))", "{{outcome}}"]], { stacked: true, page: "jobs" }))
    .withPanel(lines("Jobs running and queued", [["marketdata:jobs_running", "running"], ["marketdata:jobs_queued", "queued"]], { page: "jobs" }))
    .withPanel(lines("Run duration, mean", [["sum by (trigger) (increase(marketdata_enrichment_run_duration_seconds_sum[1h])) / sum by (trigger) (increase(marketdata_enrichment_run_duration_seconds_count[1h]))", "{{trigger}}"]], { unit: "s", page: "jobs" }))
    .withRow(row("Freshness"))
    .withPanel(lines("Symbols by status", [["marketdata:symbols:by_status", "{{status}}"]], { stacked: true, width: 12, page: "symbols" }))
    .withPanel(lines("Oldest data", [["topk(10, max by (symbol, timeframe) (marketdata_data_age_seconds))", "{{symbol}} {{timeframe}}"]], { unit: "s", width: 12, page: "symbols" }))
    .withPanel(states("Scheduler", [["max(marketdata_scheduler_paused)", "scheduler"]],
      { page: "jobs", height: 4, values: { 0: { text: "running", color: "green" }, 1: { text: "paused", color: "orange" } } }))
    .withRow(row("Notifications"))
    .withPanel(lines("Deliveries by outcome", [["sum by (kind, outcome) (increase(marketdata_notification_deliveries_total[$__rate_interval])) or vector(0)", "{{kind}} {{outcome}}"]],
      { width: 12, page: "notifications", about: "Attempts to tell receivers: delivered, to be tried again, or given up." }))
    .withPanel(lines("Delivery duration, p95", [["histogram_quantile(0.95, sum by (le, kind) (rate(marketdata_notification_delivery_duration_seconds_bucket[$__rate_interval]))) or vector(0)", "{{kind}}"]],
      { unit: "s", width: 12, page: "notifications" }))
    .withPanel(number("Waiting", [["max(marketdata_notification_pending)"]], { steps: worseAbove(10, 50), page: "notifications" }))
    .withPanel(number("Oldest waits for", [["max(marketdata_notification_oldest_pending_seconds)"]],
      { unit: "s", steps: worseAbove(300, 900), page: "notifications", about: "An alert tells when a message has waited for 15 minutes." }));
