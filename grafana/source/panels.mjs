// The few panel shapes that all dashboards share, on Grafana's own builders, which are generated from its schema.
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/** @typedef {{ value: number | null, color: string }} Step */
/** @typedef {[expression: string, legend?: string]} Query */
/**
 * @typedef {object} Look
 * @property {string} [unit] Grafana's unit id, such as "s" or "percentunit".
 * @property {string} [about] What the panel tells and when to worry.
 * @property {Step[]} [steps] Threshold colours, from the lowest.
 * @property {string} [page] The page of MarketData's own dashboard that shows the same in detail.
 * @property {number} [width] Of 24.
 * @property {number} [height] In grid rows.
 * @property {number} [min]
 * @property {number} [max]
 * @property {boolean} [stacked]
 * @property {Record<string, { text: string, color: string }>} [values] Names for numbers, such as a circuit's states.
 */

const datasource = { type: "prometheus", uid: "${datasource}" };

/** Threshold steps: green, then amber and red from the given values upwards. @param {number} amber @param {number} red @returns {Step[]} */
export const worseAbove = (amber, red) => [{ value: null, color: "green" }, { value: amber, color: "orange" }, { value: red, color: "red" }];

/** Threshold steps: red, then amber and green from the given values upwards. @param {number} amber @param {number} green @returns {Step[]} */
export const betterAbove = (amber, green) => [{ value: null, color: "red" }, { value: amber, color: "orange" }, { value: green, color: "green" }];

/** @param {Query[]} queries */
const targets = (queries) =>
  queries.map(([expression, legend], index) => {
    const query = new prometheus.DataqueryBuilder().datasource(datasource).refId(String.fromCharCode(65 + index)).expr(expression);
    return legend === undefined ? query : query.legendFormat(legend);
  });

/**
 * What every panel has, whatever draws it.
 * @template {stat.PanelBuilder | timeseries.PanelBuilder | statetimeline.PanelBuilder} T
 * @param {T} panel @param {string} title @param {Query[]} queries @param {Look} look @returns {T}
 */
const dress = (panel, title, queries, look) => {
  panel.title(title).datasource(datasource).targets(targets(queries)).unit(look.unit ?? "short");
  panel.span(look.width ?? 8).height(look.height ?? 8);
  if (look.about) panel.description(look.about);
  if (look.min !== undefined) panel.min(look.min);
  if (look.max !== undefined) panel.max(look.max);
  if (look.page) panel.links([new dashboard.DashboardLinkBuilder(`Open ${look.page} in MarketData`).type(dashboard.DashboardLinkType.Link).url(`\${marketdata}/${look.page}`).targetBlank(true)]);
  if (look.steps) panel.thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(look.steps));
  if (look.values) panel.mappings([{ type: dashboard.MappingType.ValueToText, options: Object.fromEntries(Object.entries(look.values).map(([number, name], index) => [number, { ...name, index }])) }]);
  return panel;
};

/** One big number. @param {string} title @param {Query[]} queries @param {Look} [look] */
export const number = (title, queries, look = {}) =>
  dress(new stat.PanelBuilder(), title, queries, { width: 4, height: 4, ...look })
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .colorMode(look.steps ? common.BigValueColorMode.Background : common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.Area);

/** Lines over time. @param {string} title @param {Query[]} queries @param {Look} [look] */
export const lines = (title, queries, look = {}) => {
  const panel = dress(new timeseries.PanelBuilder(), title, queries, look)
    .fillOpacity(look.stacked ? 30 : 8)
    .lineWidth(2)
    .showPoints(common.VisibilityMode.Never)
    .legend(new common.VizLegendOptionsBuilder().displayMode(common.LegendDisplayMode.Table).placement(common.LegendPlacement.Bottom).showLegend(true).calcs(["lastNotNull", "max"]))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (look.steps) panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  return look.stacked ? panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal)) : panel;
};

/** A state that holds for a while and then changes. @param {string} title @param {Query[]} queries @param {Look} [look] */
export const states = (title, queries, look = {}) =>
  dress(new statetimeline.PanelBuilder(), title, queries, { width: 24, height: 6, ...look })
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto);

/**
 * A dashboard with the variables, links and times that all of ours have.
 * @param {string} uid @param {string} title @param {string} description
 */
export const board = (uid, title, description) =>
  new dashboard.DashboardBuilder(`MarketData / ${title}`)
    .uid(uid)
    .description(description)
    .tags(["marketdata"])
    .editable()
    .timezone("utc")
    .time({ from: "now-24h", to: "now" })
    .refresh("30s")
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(new dashboard.DashboardLinkBuilder("MarketData dashboards").type(dashboard.DashboardLinkType.Dashboards).tags(["marketdata"]).asDropdown(true).keepTime(true))
    .withVariable(new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(new dashboard.TextBoxVariableBuilder("marketdata").label("MarketData").defaultValue("http://localhost:8000/dashboard"));

/** A variable whose values are those of a label; "All" matches everything. @param {string} name @param {string} label @param {string} metric */
export const labelVariable = (name, label, metric) =>
  new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(`label_values(${metric}, ${name})`)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(".*");

/** A heading between panels. @param {string} title */
export const row = (title) => new dashboard.RowBuilder(title);
