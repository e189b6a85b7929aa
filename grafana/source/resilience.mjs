import { board, labelVariable, lines, number, row, states, worseAbove } from "./panels.mjs";

const provider = `provider=~"$provider"`;

/** How each provider is doing and what stands between it and us. */
export const resilience = () =>
  board("marketdata-resilience", "Resilience", "Circuits, rate limits, bulkheads and retries, by provider.")
    .withVariable(labelVariable("provider", "Provider", "marketdata_resilience_circuit_state"))
    .withRow(row("Circuits"))
    .withPanel(states("Circuit", [[`max by (provider) (marketdata_resilience_circuit_state{${provider}})`, "{{provider}}"]], {
      page: "resilience",
      about: "The worst state over all nodes.",
      values: { 0: { text: "closed", color: "green" }, 1: { text: "half-open", color: "yellow" }, 2: { text: "open", color: "red" }, 3: { text: "isolated", color: "purple" } } }))
    .withPanel(number("Open circuits", [["count(marketdata_resilience_circuit_state >= 2) or vector(0)"]], { steps: worseAbove(1, 2), page: "resilience" }))
    .withPanel(lines("Transitions", [[`sum by (provider, to) (increase(marketdata_resilience_circuit_transitions_total{${provider}}[$__rate_interval])) or vector(0)`, "{{provider}} → {{to}}"]], { width: 20, height: 6, page: "resilience" }))
    .withRow(row("Rate limit"))
    .withPanel(lines("Permits left", [[`min by (provider) (marketdata_resilience_rate_limit_permits{${provider}})`, "{{provider}}"]], { min: 0, page: "resilience", about: "Tokens in the bucket: 150 at most, 100 a minute come in." }))
    .withPanel(lines("Wait for a permit, p95", [[`histogram_quantile(0.95, sum by (le, provider) (rate(marketdata_resilience_rate_limit_wait_seconds_bucket{${provider}}[$__rate_interval])))`, "{{provider}}"]], { unit: "s", page: "resilience" }))
    .withPanel(lines("Rejections", [[`sum by (provider) (increase(marketdata_resilience_rate_limit_rejections_total{${provider}}[$__rate_interval])) or vector(0)`, "{{provider}}"]], { page: "resilience" }))
    .withRow(row("Bulkhead and retries"))
    .withPanel(lines("Calls under way", [
      [`sum by (provider) (marketdata_resilience_bulkhead_active{${provider}})`, "{{provider}}"],
      [`sum by (provider) (marketdata_resilience_bulkhead_queued{${provider}})`, "{{provider}} waiting"]], { page: "resilience" }))
    .withPanel(lines("Bulkhead rejections", [[`sum by (provider) (increase(marketdata_resilience_bulkhead_rejections_total{${provider}}[$__rate_interval])) or vector(0)`, "{{provider}}"]], { page: "resilience" }))
    .withPanel(lines("Retries by reason", [[`sum by (provider, reason) (increase(marketdata_resilience_retries_total{${provider}}[$__rate_interval])) or vector(0)`, "{{provider}} {{reason}}"]], { page: "resilience" }));
