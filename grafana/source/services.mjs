import { board, labelVariable, lines, number, row, states, worseAbove } from "./panels.mjs";

const service = `service=~"$service"`;

/** The processes themselves: HTTP, database, runtime. */
export const services = () =>
  board("marketdata-services", "Services and runtime", "Every service: is it up, how fast does it answer, what does it use?")
    .withVariable(labelVariable("service", "Service", "up"))
    .withRow(row("Health"))
    .withPanel(states("Up", [[`up{job="marketdata", ${service}}`, "{{service}} {{instance}}"]], { page: "system", values: { 0: { text: "down", color: "red" }, 1: { text: "up", color: "green" } } }))
    .withPanel(number("Services down", [[`count(up{job="marketdata", ${service}} == 0) or vector(0)`]], { steps: worseAbove(1, 1), page: "system" }))
    .withPanel(states("Health checks", [[`min by (service, check) (marketdata_health_status{${service}})`, "{{service}} {{check}}"]], {
      width: 20, height: 4, page: "system", values: { 0: { text: "unhealthy", color: "red" }, 0.5: { text: "degraded", color: "orange" }, 1: { text: "healthy", color: "green" } } }))
    .withRow(row("HTTP"))
    .withPanel(lines("Requests", [[`sum by (service) (rate(http_server_request_duration_seconds_count{${service}}[$__rate_interval]))`, "{{service}}"]], { unit: "reqps" }))
    .withPanel(lines("Request duration, p99", [[`histogram_quantile(0.99, sum by (le, service) (rate(http_server_request_duration_seconds_bucket{${service}}[$__rate_interval])))`, "{{service}}"]], { unit: "s" }))
    .withPanel(lines("Answers of 500 and above", [[`sum by (service) (rate(http_server_request_duration_seconds_count{${service}, http_response_status_code=~"5.."}[$__rate_interval])) or vector(0)`, "{{service}}"]], { unit: "reqps" }))
    .withRow(row("Database"))
    .withPanel(lines("Commands", [[`sum by (service) (rate(db_client_operation_duration_seconds_count{${service}}[$__rate_interval]))`, "{{service}}"]], { unit: "ops" }))
    .withPanel(lines("Command duration, p99", [[`histogram_quantile(0.99, sum by (le, service) (rate(db_client_operation_duration_seconds_bucket{${service}}[$__rate_interval])))`, "{{service}}"]], { unit: "s" }))
    .withPanel(lines("Connections", [[`sum by (service, db_client_connection_state) (db_client_connection_count{${service}})`, "{{service}} {{db_client_connection_state}}"]], {}))
    .withRow(row("Runtime"))
    .withPanel(lines("Working set", [[`sum by (service, instance) (dotnet_process_memory_working_set_bytes{${service}})`, "{{service}} {{instance}}"]], { unit: "bytes" }))
    .withPanel(lines("CPU", [[`sum by (service, instance) (rate(dotnet_process_cpu_time_seconds_total{${service}}[$__rate_interval]))`, "{{service}} {{instance}}"]], { unit: "percentunit" }))
    .withPanel(lines("Time in garbage collection", [[`sum by (service) (rate(dotnet_gc_pause_time_seconds_total{${service}}[$__rate_interval]))`, "{{service}}"]], { unit: "percentunit" }));
