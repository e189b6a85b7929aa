// Draws a chart from options that the server wrote as JSON. What JSON can't say is said by names: a text "@name" is a colour
// of the theme (app.css), and a formatter is one of those below.
import { library, look } from "./echarts.js";
import { colour, onTheme } from "./theme.js";

const missing = "–";
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const known = format => value => value == null || Number.isNaN(Number(value)) ? missing : format(Number(value));
const formatters = {
    count: known(value => grouped.format(value)),
    compact: known(value => compact.format(value)),
    percent: known(value => `${(Math.floor(value * 1000 + 1e-7) / 10).toFixed(value === 1 || value === 0 ? 0 : 1)} %`),
    score: known(value => (Math.floor(value * 1000 + 1e-7) / 1000).toFixed(3)),
    milliseconds: known(value => value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`),
    seconds: known(value => `${value.toFixed(value < 10 ? 1 : 0)} s`),
    perMinute: known(value => `${grouped.format(value)}/min`),
};

const fill = (value, key) => {
    if (Array.isArray(value))
        return value.map(item => fill(item));
    if (value !== null && typeof value === "object")
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, name)]));
    if (typeof value === "string" && (key === "formatter" || key === "valueFormatter"))
        return formatters[value] ?? value;
    return typeof value === "string" && value[0] === "@" ? colour(value.slice(1)) : value;
};

const axis = given => ({
    ...given,
    axisLine: { lineStyle: { color: colour("line") }, ...given.axisLine },
    axisTick: { show: false },
    axisLabel: { color: colour("quiet"), hideOverlap: true, ...given.axisLabel },
    splitLine: { show: given.type === "value" || given.type === undefined, lineStyle: { color: colour("grid-line") }, ...given.splitLine },
});

const dressed = options => {
    const filled = fill(options);
    const each = (part, dress) => filled[part] === undefined ? {} : { [part]: [filled[part]].flat().map(dress) };
    return {
        ...look(),
        grid: { left: 8, right: 12, top: 16, bottom: 8, containLabel: true },
        ...filled,
        ...each("xAxis", axis),
        ...each("yAxis", axis),
        ...(filled.legend && { legend: { icon: "roundRect", itemWidth: 10, itemHeight: 10, top: 0, left: 0, ...filled.legend, textStyle: { color: colour("quiet") } } }),
        tooltip: {
            trigger: "axis", confine: true, appendTo: undefined, backgroundColor: colour("surface"), borderColor: colour("line"),
            textStyle: { color: colour("text"), fontSize: 12.5 }, axisPointer: { lineStyle: { color: colour("quiet") } }, ...filled.tooltip,
        },
    };
};

export async function create(element, options) {
    const echarts = await library();
    // The reader may have left the page meanwhile.
    if (!element.isConnected)
        return { draw() { }, dispose() { } };
    const chart = echarts.init(element);
    const draw = () => {
        chart.setOption(dressed(options), { notMerge: true });
        element.dataset.drawn = Number(element.dataset.drawn ?? 0) + 1;
    };
    const stopTheme = onTheme(draw);
    const sized = new ResizeObserver(() => chart.resize());
    sized.observe(element);
    draw();
    return {
        draw(changed) {
            options = changed;
            draw();
        },
        dispose() {
            stopTheme();
            sized.disconnect();
            chart.dispose();
        },
    };
}
