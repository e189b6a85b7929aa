import { betterAbove, board, labelVariable, lines, number, row } from "./panels.mjs";

const chosen = `symbol=~"$symbol", timeframe=~"$timeframe"`;

/** How good is the data, and what is wrong with it? */
export const quality = () =>
  board("marketdata-quality", "Data quality", "Scores, completeness, gaps, anomalies and rejected candles.")
    .withVariable(labelVariable("symbol", "Symbol", "marketdata_quality_score"))
    .withVariable(labelVariable("timeframe", "Interval", "marketdata_quality_score"))
    .withRow(row("Now"))
    .withPanel(number("Quality score", [[`avg(max by (symbol, timeframe) (marketdata_quality_score{${chosen}}))`]], { unit: "percentunit", steps: betterAbove(0.8, 0.85), page: "symbols" }))
    .withPanel(number("Completeness", [[`avg(max by (symbol, timeframe) (marketdata_quality_completeness{${chosen}}))`]], { unit: "percentunit", steps: betterAbove(0.9, 0.95), page: "symbols" }))
    .withPanel(number("Validation rate", [[`avg(max by (symbol, timeframe) (marketdata_quality_validation_rate{${chosen}}))`]], { unit: "percentunit", steps: betterAbove(0.85, 0.95), page: "symbols" }))
    .withPanel(lines("Worst ten scores", [[`bottomk(10, max by (symbol, timeframe) (marketdata_quality_score{${chosen}}))`, "{{symbol}} {{timeframe}}"]], { unit: "percentunit", width: 12, max: 1, page: "symbols" }))
    .withRow(row("What is found"))
    .withPanel(lines("Gaps", [[`sum by (asset_class, timeframe) (increase(marketdata_quality_gaps_total{timeframe=~"$timeframe"}[$__rate_interval])) or vector(0)`, "{{asset_class}} {{timeframe}}"]], { page: "symbols" }))
    .withPanel(lines("Anomalies by rule", [[`sum by (rule) (increase(marketdata_quality_anomalies_total{timeframe=~"$timeframe"}[$__rate_interval])) or vector(0)`, "{{rule}}"]], { page: "symbols" }))
    .withPanel(lines("Rejected candles by rule", [[`sum by (rule) (increase(marketdata_quality_rejections_total{timeframe=~"$timeframe"}[$__rate_interval])) or vector(0)`, "{{rule}}"]], { page: "symbols" }))
    .withRow(row("Over time"))
    .withPanel(lines("Completeness by interval", [[`avg by (timeframe) (max by (symbol, timeframe) (marketdata_quality_completeness{${chosen}}))`, "{{timeframe}}"]], { unit: "percentunit", width: 12, max: 1, page: "symbols" }))
    .withPanel(lines("Data age by interval, oldest", [[`max by (timeframe) (marketdata_data_age_seconds{${chosen}})`, "{{timeframe}}"]], { unit: "s", width: 12, page: "symbols" }));
