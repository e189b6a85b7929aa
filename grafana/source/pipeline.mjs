import { board, labelVariable, lines, number, row } from "./panels.mjs";

const provider = `provider=~"$provider"`;

/** What each step of the pipeline does and how long it takes. */
export const pipeline = () =>
  board("marketdata-pipeline", "Enrichment pipeline", "Fetch, compute and store: rates, durations and what they yield.")
    .withVariable(labelVariable("provider", "Provider", "marketdata_fetch_duration_seconds_count"))
    .withRow(row("Fetch"))
    .withPanel(number("Candles fetched", [[`sum(increase(marketdata_fetch_records_total{${provider}}[$__range]))`]], { page: "pipeline" }))
    .withPanel(number("Candles inserted", [[`sum(increase(marketdata_fetch_records_total{${provider}, result="inserted"}[$__range]))`]], { page: "pipeline" }))
    .withPanel(number("Candles revised", [[`sum(increase(marketdata_fetch_records_total{${provider}, result="updated"}[$__range])) or vector(0)`]], { page: "pipeline" }))
    .withPanel(lines("Calls by outcome", [[`sum by (provider, outcome) (rate(marketdata_fetch_duration_seconds_count{${provider}}[$__rate_interval]))`, "{{provider}} {{outcome}}"]], { unit: "reqps", width: 12, page: "pipeline" }))
    .withPanel(lines("Fetch duration, p95", [[`histogram_quantile(0.95, sum by (le, provider) (rate(marketdata_fetch_duration_seconds_bucket{${provider}}[$__rate_interval])))`, "{{provider}}"]], { unit: "s", page: "pipeline" }))
    .withPanel(lines("Fetch duration by interval, mean", [[`sum by (timeframe) (rate(marketdata_fetch_duration_seconds_sum{${provider}}[$__rate_interval])) / sum by (timeframe) (rate(marketdata_fetch_duration_seconds_count{${provider}}[$__rate_interval]))`, "{{timeframe}}"]], { unit: "s", page: "pipeline" }))
    .withPanel(lines("Candles by result", [[`sum by (result) (rate(marketdata_fetch_records_total{${provider}}[$__rate_interval]))`, "{{result}}"]], { unit: "cps", stacked: true, page: "pipeline" }))
    .withRow(row("Compute"))
    .withPanel(lines("Computation duration, p95", [["histogram_quantile(0.95, sum by (le, compute_type) (rate(marketdata_compute_duration_seconds_bucket[$__rate_interval])))", "{{compute_type}}"]], { unit: "s", width: 12, page: "pipeline" }))
    .withPanel(lines("Feature values", [["sum by (compute_type) (rate(marketdata_compute_features_total[$__rate_interval]))", "{{compute_type}}"]], { unit: "cps", width: 12, page: "pipeline" }))
    .withRow(row("Store and jobs"))
    .withPanel(lines("Store duration, p50 and p99", [
      ["histogram_quantile(0.5, sum by (le) (rate(marketdata_store_duration_seconds_bucket[$__rate_interval])))", "p50"],
      ["histogram_quantile(0.99, sum by (le) (rate(marketdata_store_duration_seconds_bucket[$__rate_interval])))", "p99"]], { unit: "s", page: "pipeline" }))
    .withPanel(lines("Job duration, p50 and p99", [
      ["histogram_quantile(0.5, sum by (le) (rate(marketdata_enrichment_job_duration_seconds_bucket[$__rate_interval])))", "p50"],
      ["marketdata:job_duration_seconds:p99_1h", "p99, 1 h"]], { unit: "s", page: "jobs" }))
    .withPanel(lines("Retries by reason", [["sum by (reason) (increase(marketdata_enrichment_job_retries_total[$__rate_interval])) or vector(0)", "{{reason}}"]], { page: "jobs" }));
