// The candlestick chart: bars from the Api as they are needed, features over and below them, what was found wrong marked on
// them; wheel, drag, pinch and keys move it. Only what is in view is handed to the chart library, so twenty years cost a frame
// no more than a month does.
import { colour, faded, font, library, look, onTheme, rem } from "./echarts.js";
import { isDate, labels, moment } from "./price-axis.js";
import { drawn, PriceSeries } from "./price-series.js";

const day = 86_400_000;
const narrowest = 2;
const fewest = 12;
const ranges = { "1d": 1.5 * day, "5d": 7 * day, "1m": 31 * day, "3m": 92 * day, "6m": 183 * day, "1y": 366 * day, "5y": 1827 * day, all: Infinity };
const perDay = { "5m": 288, "15m": 96, "30m": 48, "1h": 24, "4h": 6, "1d": 1, "1w": 1 / 7 };
const kinds = {
    anomaly: { colour: "warn", symbol: "triangle", above: true, name: "Anomaly" },
    rejected: { colour: "bad", symbol: "path://M2 0 5 3 8 0 10 2 7 5 10 8 8 10 5 7 2 10 0 8 3 5 0 2z", above: true, name: "Rejected" },
    revision: { colour: "busy", symbol: "circle", above: false, name: "Revised" },
    split: { colour: "stale", symbol: "diamond", above: false, name: "Split" },
    dividend: { colour: "good", symbol: "roundRect", above: false, name: "Dividend" },
};

const shortNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const price = value => value == null ? "–" : value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(value) >= 1000 ? 2 : Math.abs(value) >= 1 ? 4 : 8 });
const direction = { up: 1, bullish: 1, down: -1, bearish: -1 };
const plotted = value => typeof value === "string" ? direction[value] ?? 0 : value;
const shown = (value, group) => value == null ? "–" : typeof value === "string" ? value
    : group.percent ? `${(value * 100).toFixed(2)} %` : Math.abs(value) >= 100_000 ? shortNumber.format(value) : price(value);

class PriceChart {
    #element;
    #plot;
    #readout;
    #note;
    #spoken;
    #story;
    #crosshair;
    #level;
    #chart;
    #setup;
    #series;
    #view = { from: 0, to: 0 };
    #drawn;
    #geometry;
    #frame;
    #structure = true;
    #cursor = null;
    #leaving = new AbortController();
    #loading;
    #undo = [];

    constructor(element, echarts) {
        this.#element = element;
        const part = name => element.querySelector(`[data-part="${name}"]`);
        [this.#plot, this.#readout, this.#note, this.#spoken, this.#crosshair, this.#level, this.#story] = ["plot", "readout", "note", "spoken", "crosshair", "level", "story"].map(part);
        this.#chart = echarts.init(this.#plot.firstElementChild);
        this.#listen();
    }

    /** Shows a series: { address, timeframe, adjusted, groups: [{ id, label, names, pane, percent, bounds }], markers, gaps, range, story }. */
    async show(setup) {
        const before = this.#setup;
        this.#setup = setup;
        this.#structure = true;
        const names = setup.groups.flatMap(group => group.names);
        const same = before?.address === setup.address && before.timeframe === setup.timeframe && before.adjusted === setup.adjusted;
        if (same && this.#series && names.every(name => this.#series.features.includes(name)))
            return this.#draw();

        const bars = this.#series?.bars;
        const kept = same && this.#series?.length > 0 ? { start: bars.time[Math.max(0, Math.floor(this.#view.from))], count: this.#view.to - this.#view.from, end: bars.time[Math.min(this.#series.length, Math.ceil(this.#view.to)) - 1] } : null;
        this.#loading?.abort();
        const loading = this.#loading = new AbortController();
        if (!kept)
            this.#series = undefined;
        const series = new PriceSeries({ address: setup.address, timeframe: setup.timeframe, adjusted: setup.adjusted, features: names });
        await this.#during(loading, async () => {
            await series.start(Math.max(1000, Math.ceil(this.#expected(ranges[setup.range] ?? 0))), loading.signal);
            while (kept && !series.complete && series.bars.time[0] > kept.start)
                await series.older(10_000, loading.signal);
            this.#series = series;
            if (kept)
                this.#view = { from: series.place(kept.start), to: series.place(kept.end) + 1 };
            else
                this.#toRange(setup.range);
        });
        if (!kept && this.#series === series)
            await this.range(setup.range);
    }

    /** Shows the newest part of the series, of a length named in `ranges`; loads what is missing. */
    async range(name) {
        const series = this.#series;
        if (!series || series.length === 0)
            return;
        const start = series.bars.time.at(-1) - ranges[name];
        if (!series.complete && series.bars.time[0] > start) {
            await this.#during(this.#loading, async () => {
                while (series === this.#series && !series.complete && series.bars.time[0] > start) {
                    await this.#older(10_000);
                    this.#toRange(name);
                    this.#draw();
                }
            });
        }
        this.#toRange(name);
        this.#draw();
    }

    /** Brings what was stored since; keeps the newest bar in view when it was in view. */
    async newer() {
        const series = this.#series;
        if (!series)
            return;
        const atEnd = this.#view.to >= series.length - 1;
        try {
            const added = await series.newer(this.#loading.signal);
            if (series !== this.#series)
                return;
            if (added > 0 && (atEnd || this.#view.to === 0))
                this.#move(this.#view.from + added, Math.max(fewest, this.#view.to + added));
            this.#setState(series.length === 0 ? "empty" : "ready");
            this.#draw();
        } catch (failure) {
            if (failure.name !== "AbortError")
                this.#fail(failure, () => this.newer());
        }
    }

    /** The opening instants of the first and the last bar in view, in ISO 8601; null while there is none. */
    visible() {
        const { bars, length } = this.#series ?? { length: 0 };
        const instant = place => new Date(bars.time[place]).toISOString();
        return length === 0 ? null : { first: instant(Math.floor(this.#view.from)), last: instant(Math.min(length, Math.ceil(this.#view.to)) - 1) };
    }

    dispose() {
        this.#leaving.abort();
        this.#loading?.abort();
        this.#undo.forEach(undo => undo());
        cancelAnimationFrame(this.#frame);
        this.#chart.dispose();
    }

    #expected(span) {
        return Number.isFinite(span) ? span / day * (perDay[this.#setup.timeframe] ?? 1) : 10_000;
    }

    #toRange(name) {
        const series = this.#series;
        if (series.length === 0)
            return;
        const from = series.place(series.bars.time.at(-1) - ranges[name]);
        this.#view = { from: Math.min(from, Math.max(0, series.length - fewest)), to: series.length };
    }

    async #during(loading, work) {
        this.#setState("loading");
        try {
            await work();
            this.#setState(this.#series.length === 0 ? "empty" : "ready");
            this.#draw();
        } catch (failure) {
            if (failure.name !== "AbortError" && !loading.signal.aborted)
                this.#fail(failure, () => this.show({ ...this.#setup }));
        }
    }

    #fail(failure, retry) {
        this.#setState("error");
        this.#note.querySelector("[data-part=reason]").textContent = failure.message;
        this.#note.querySelector("button").onclick = () => {
            this.#series = this.#series?.length > 0 ? this.#series : undefined;
            retry();
        };
    }

    #setState(state) {
        this.#element.dataset.state = state;
        this.#element.setAttribute("aria-busy", state === "loading");
    }

    async #older(count) {
        const series = this.#series;
        const added = await series.older(count, this.#loading.signal);
        if (series === this.#series && added > 0) {
            this.#view = { from: this.#view.from + added, to: this.#view.to + added };
            this.#cursor = null;
        }
        return added;
    }

    #move(from, to) {
        const length = this.#series.length;
        const span = Math.min(Math.max(to - from, Math.min(fewest, length)), length);
        from = Math.min(Math.max(0, from), length - span);
        this.#view = { from, to: from + span };
        this.#draw();
        if (from < span && !this.#series.complete)
            this.#fetchAhead(Math.ceil(span * 2));
    }

    #fetchAhead(count) {
        this.#element.dataset.fetching = true;
        this.#older(count)
            .then(() => this.#draw())
            .catch(failure => failure.name === "AbortError" || this.#fail(failure, () => this.range("1y")))
            .finally(() => delete this.#element.dataset.fetching);
    }

    #zoom(factor, anchor) {
        const { from, to } = this.#view;
        const span = Math.max(fewest, (to - from) * factor);
        const place = from + (to - from) * anchor;
        // The newest bar stays at the edge while zooming out from it.
        const end = to >= this.#series.length - 1 && anchor > 0.85 ? to : place + span * (1 - anchor);
        this.#move(end - span, end);
    }

    #pan(share) {
        const by = (this.#view.to - this.#view.from) * share;
        this.#move(this.#view.from + by, this.#view.to + by);
    }

    #draw() {
        if (this.#frame || !this.#series)
            return;
        this.#frame = requestAnimationFrame(() => {
            this.#frame = undefined;
            if (this.#series.length > 0)
                this.#render();
            this.#tell();
        });
    }

    #tell() {
        const data = this.#element.dataset;
        const { bars, length } = this.#series;
        data.loaded = length;
        data.complete = this.#series.complete;
        if (length === 0)
            return;
        const [from, to] = [Math.floor(this.#view.from), Math.min(length, Math.ceil(this.#view.to))];
        data.inView = to - from;
        data.candles = this.#drawn.first.length;
        data.groups = this.#setup.groups.map(group => group.id).join(" ");
        data.first = new Date(bars.time[from]).toISOString();
        data.last = new Date(bars.time[to - 1]).toISOString();
        data.price = bars.close[to - 1];
        data.frames = Number(data.frames ?? 0) + 1;
        const size = this.#drawn.size;
        this.#element.querySelector("[data-part=span]").textContent =
            `${(to - from).toLocaleString("en")} bars${size > 1 ? `, ${size} to a candle` : ""} · ${moment(bars.time[from], this.#setup.timeframe).replace(/ \(.*/, "")} – ${moment(bars.time[to - 1], this.#setup.timeframe).replace(/ \(.*/, "")}`;
    }

    #measure() {
        const scale = rem();
        const panes = this.#setup.groups.filter(group => group.pane);
        const paneHeight = 84 * scale;
        const gap = 12 * scale;
        const below = 26 * scale;
        this.#plot.style.setProperty("--panes", panes.length);
        this.#chart.resize();
        const [width, height] = [this.#plot.clientWidth, this.#plot.clientHeight];
        const right = 62 * scale;
        const left = 6 * scale;
        const upper = height - below - panes.length * (paneHeight + gap) - 8 * scale;
        const volume = Math.round(upper * 0.16);
        const grids = [{ top: 8 * scale, height: upper - volume - gap / 2 }, { top: 8 * scale + upper - volume, height: volume }];
        panes.forEach((_, i) => grids.push({ top: 8 * scale + upper + gap + i * (paneHeight + gap), height: paneHeight }));
        return { scale, panes, width, height, left, right, plotWidth: width - left - right, grids };
    }

    #render() {
        const geometry = this.#geometry = this.#measure();
        const { timeframe } = this.#setup;
        const view = { from: Math.floor(this.#view.from), to: Math.ceil(this.#view.to) };
        const bars = this.#drawn = drawn(this.#series.bars, view.from, view.to, Math.max(fewest, Math.floor(geometry.plotWidth / narrowest)));
        const option = this.#structure ? this.#frameOption(geometry) : {};
        const marks = labels(bars.time, timeframe, Math.max(2, Math.floor(geometry.plotWidth / (72 * geometry.scale))));
        const axis = i => ({
            data: bars.time,
            axisLabel: { interval: place => marks.has(place), formatter: (_, place) => marks.get(place) ?? "" },
            splitLine: { interval: place => marks.has(place) },
            id: `x${i}`,
        });
        option.xAxis = geometry.grids.map((_, i) => this.#structure ? { ...option.xAxis[i], ...axis(i), axisLabel: { ...option.xAxis[i].axisLabel, ...axis(i).axisLabel }, splitLine: { ...option.xAxis[i].splitLine, ...axis(i).splitLine } } : axis(i));
        option.series = this.#seriesOption(bars, geometry);
        this.#chart.setOption(option, { notMerge: this.#structure, lazyUpdate: false, silent: true });
        this.#structure = false;
        this.#showCursor();
    }

    #frameOption(geometry) {
        const { scale, grids, panes, left, right } = geometry;
        const quiet = colour("quiet");
        const line = colour("grid-line");
        const last = grids.length - 1;
        return {
            ...look(),
            textStyle: { fontFamily: font(), fontSize: 11.5 * scale, color: quiet },
            grid: grids.map(grid => ({ ...grid, left, right, containLabel: false })),
            xAxis: grids.map((_, i) => ({
                type: "category", gridIndex: i, boundaryGap: true, axisTick: { show: false },
                axisLine: { show: i === last, lineStyle: { color: colour("line") } },
                axisLabel: { show: i === last, color: quiet, fontSize: 11.5 * scale, margin: 8 * scale, hideOverlap: true },
                splitLine: { show: true, lineStyle: { color: line, width: 1 } },
            })),
            yAxis: grids.map((_, i) => {
                const group = panes[i - 2];
                const isText = group && this.#isText(group);
                return {
                    id: `y${i}`, type: "value", gridIndex: i, scale: i !== 1, position: "right", splitNumber: i === 0 ? 6 : 2,
                    ...(group?.bounds && { min: 0, max: 100, interval: 50 }), ...(isText && { min: -1.4, max: 1.4, interval: 2.8 }),
                    axisLine: { show: false }, axisTick: { show: false },
                    splitLine: { show: i !== 1 && !isText, lineStyle: { color: line } },
                    axisLabel: {
                        show: i !== 1 && !isText, color: quiet, fontSize: 11.5 * scale, inside: false,
                        formatter: value => i === 0 ? price(value).replace(/(\.\d\d)0+$/, "$1") : group?.percent ? `${+(value * 100).toFixed(2)} %` : shortNumber.format(value),
                    },
                    ...(i >= 2 && { name: group.label, nameLocation: "end", nameGap: -13 * scale, nameTextStyle: { align: "left", verticalAlign: "top", padding: [0, 0, 0, -geometry.plotWidth + 4 * scale], color: quiet, fontSize: 11.5 * scale, fontWeight: 550 } }),
                };
            }),
            series: [],
        };
    }

    #isText(group) {
        const values = this.#series.bars.features.get(group.names[0]) ?? [];
        return values.some(value => typeof value === "string");
    }

    #seriesOption(bars, geometry) {
        const [up, down] = [colour("up"), colour("down")];
        const overlays = this.#setup.groups.filter(group => !group.pane);
        const line = (group, name, n, grid) => ({
            id: `${group.id}:${name}`, name, type: "line", xAxisIndex: grid, yAxisIndex: grid, symbol: "none", silent: true, z: 3,
            step: this.#isText(group) ? "middle" : false, connectNulls: false,
            lineStyle: { width: 1.5 * geometry.scale, color: colour(`series-${n}`), type: name.endsWith("_lower") || name.endsWith("_signal") || name.endsWith("_50") ? "dashed" : "solid" },
            data: bars.features.get(name)?.map(plotted) ?? [],
            ...(group.bounds && { markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colour("quiet"), opacity: .5, type: "dashed" }, data: group.bounds.map(bound => ({ yAxis: bound })) } }),
        });
        let used = 0;
        const overlayLines = overlays.flatMap(group => {
            const n = used++ % 6 + 1;
            return group.names.map(name => line(group, name, n, 0));
        });
        const paneLines = geometry.panes.flatMap((group, i) => group.names.map((name, j) => line(group, name, j + 1, i + 2)));
        return [
            {
                id: "candles", type: "candlestick", xAxisIndex: 0, yAxisIndex: 0, data: bars.candle, silent: true, z: 2, barMaxWidth: 18 * geometry.scale,
                itemStyle: { color: up, borderColor: up, color0: down, borderColor0: down, borderColorDoji: colour("quiet"), borderWidth: 1 },
                ...this.#gaps(bars),
            },
            {
                id: "volume", type: "bar", xAxisIndex: 1, yAxisIndex: 1, silent: true, barMaxWidth: 18 * geometry.scale, barCategoryGap: "20%",
                data: bars.volume.map((value, i) => ({ value, itemStyle: { color: bars.candle[i][1] >= bars.candle[i][0] ? up : down, opacity: .5 } })),
            },
            ...overlayLines, ...paneLines, ...this.#markers(bars, geometry),
        ];
    }

    #group(bars, place) {
        if (bars.first.length === 0 || place < bars.first[0] || place > bars.last.at(-1))
            return -1;
        return Math.floor((place - bars.first[0]) / bars.size);
    }

    #gaps(bars) {
        const areas = [];
        const lines = [];
        for (const gap of this.#setup.gaps) {
            const after = this.#series.place(gap.start);
            const [left, right] = [this.#group(bars, after - 1), this.#group(bars, after)];
            if (left < 0 || right < 0)
                continue;
            if (left === right)
                lines.push({ xAxis: right });
            else
                areas.push([{ xAxis: left }, { xAxis: right }]);
        }
        const tint = faded("bad", .22);
        return {
            markArea: { silent: true, itemStyle: { color: tint }, data: areas },
            markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: tint, width: 3, type: "solid" }, data: lines },
        };
    }

    #markers(bars, geometry) {
        this.#drawn.notes = new Map();
        const note = (group, text) => this.#drawn.notes.set(group, [...this.#drawn.notes.get(group) ?? [], text]);
        for (const gap of this.#setup.gaps) {
            const group = this.#group(bars, this.#series.place(gap.start));
            if (group >= 0)
                note(group, gap.text);
        }
        return Object.entries(kinds).map(([kind, style], n) => {
            const groups = new Map();
            for (const mark of this.#setup.markers.filter(mark => mark.kind === kind)) {
                const group = this.#group(bars, Math.min(this.#series.place(mark.time), this.#series.length - 1));
                // Before the bars that are here lies what has not been loaded.
                if (group < 0 || mark.time < this.#series.bars.time[0])
                    continue;
                note(group, mark.text);
                groups.set(group, mark);
            }
            const size = 9 * geometry.scale;
            return {
                id: kind, name: style.name, type: "scatter", xAxisIndex: 0, yAxisIndex: 0, symbol: style.symbol, symbolSize: size, silent: true, z: 5,
                symbolOffset: [0, (style.above ? -1 : 1) * (8 + (n % 2) * 11) * geometry.scale],
                itemStyle: { color: colour(style.colour), borderColor: colour("surface"), borderWidth: 1 },
                label: { show: kind === "split", position: "bottom", distance: 2, color: colour("text"), fontSize: 10.5 * geometry.scale, formatter: item => item.data.label ?? "" },
                data: [...groups].map(([group, mark]) => ({ value: [group, bars.candle[group][style.above ? 3 : 2]], label: mark.label })),
            };
        });
    }

    #listen() {
        const signal = this.#leaving.signal;
        const on = (name, handle, options) => this.#plot.addEventListener(name, handle, { signal, ...options });
        const pointers = new Map();
        const at = event => (event.clientX - this.#plot.getBoundingClientRect().left - this.#geometry.left) / this.#geometry.plotWidth;
        const ready = () => this.#series?.length > 0 && this.#geometry;

        on("wheel", event => {
            if (!ready())
                return;
            event.preventDefault();
            const unit = event.deltaMode === 1 ? 16 : 1;
            if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey)
                this.#pan((event.deltaX || event.deltaY) * unit / this.#geometry.plotWidth);
            else
                this.#zoom(Math.exp(event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0016)), Math.min(1, Math.max(0, at(event))));
        }, { passive: false });
        on("pointerdown", event => {
            if (!ready() || event.target.closest("button"))
                return;
            pointers.set(event.pointerId, event);
            this.#plot.setPointerCapture(event.pointerId);
        });
        on("pointermove", event => {
            if (!ready())
                return;
            const before = pointers.get(event.pointerId);
            if (!before)
                return this.#point(event);
            if (pointers.size === 2) {
                const other = [...pointers.values()].find(pointer => pointer.pointerId !== event.pointerId);
                const [was, is] = [Math.abs(before.clientX - other.clientX), Math.abs(event.clientX - other.clientX)];
                if (was > 8 && is > 8)
                    this.#zoom(was / is, (at(event) + at(other)) / 2);
            } else {
                this.#pan((before.clientX - event.clientX) / this.#geometry.plotWidth);
                this.#point(event);
            }
            pointers.set(event.pointerId, event);
        });
        for (const name of ["pointerup", "pointercancel"])
            on(name, event => pointers.delete(event.pointerId));
        on("pointerleave", () => this.#leave());
        on("blur", () => this.#leave());
        on("dblclick", () => ready() && this.range(this.#setup.range));
        on("keydown", event => ready() && this.#key(event));
        const sized = new ResizeObserver(() => {
            this.#structure = true;
            this.#draw();
        });
        sized.observe(this.#plot);
        this.#undo.push(() => sized.disconnect(), onTheme(() => {
            this.#structure = true;
            this.#draw();
        }));
    }

    #key(event) {
        const count = this.#drawn.first.length;
        const step = by => {
            const next = (this.#cursor ?? count) + by;
            if (next < 0 || next >= count)
                this.#pan(by < 0 ? -0.25 : 0.25);
            this.#cursor = Math.min(count - 1, Math.max(0, next));
            this.#showCursor();
            this.#spoken.textContent = this.#readout.textContent;
        };
        const keys = {
            ArrowLeft: () => event.shiftKey ? this.#pan(-0.25) : step(-1),
            ArrowRight: () => event.shiftKey ? this.#pan(0.25) : step(1),
            PageUp: () => this.#pan(-0.9), PageDown: () => this.#pan(0.9),
            "+": () => this.#zoom(0.7, 1), "=": () => this.#zoom(0.7, 1), "-": () => this.#zoom(1 / 0.7, 1),
            Home: () => this.range("all"), End: () => this.range(this.#setup.range),
            Escape: () => this.#leave(),
            Enter: () => this.#story.hidden || this.#story.click(),
        };
        if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
            return;
        event.preventDefault();
        keys[event.key]();
    }

    #point(event) {
        const box = this.#plot.getBoundingClientRect();
        const share = (event.clientX - box.left - this.#geometry.left) / this.#geometry.plotWidth;
        if (share < 0 || share > 1)
            return this.#leave();
        this.#cursor = Math.min(this.#drawn.first.length - 1, Math.floor(share * this.#drawn.first.length));
        this.#showCursor(event.clientY - box.top);
    }

    #leave() {
        this.#cursor = null;
        this.#showCursor();
    }

    #showCursor(y) {
        const { left, plotWidth, grids, scale } = this.#geometry;
        const count = this.#drawn.first.length;
        const on = this.#cursor !== null && this.#cursor < count;
        this.#crosshair.hidden = !on;
        const inPrice = on && y !== undefined && y >= grids[0].top && y <= grids[0].top + grids[0].height;
        this.#level.hidden = !inPrice;
        if (on)
            this.#crosshair.style.transform = `translateX(${left + (this.#cursor + .5) / count * plotWidth}px)`;
        if (inPrice) {
            this.#level.style.transform = `translateY(${y}px)`;
            this.#level.firstElementChild.textContent = price(this.#chart.convertFromPixel({ yAxisIndex: 0 }, y)).replace(/(\.\d\d)\d+$/, "$1");
            this.#level.style.setProperty("--label", `${62 * scale}px`);
        }
        this.#read(on ? this.#cursor : count - 1);
    }

    #read(group) {
        const bars = this.#drawn;
        const [open, close, low, high] = bars.candle[group];
        const previous = group > 0 ? bars.candle[group - 1][1] : open;
        const change = (close / previous - 1) * 100;
        const { timeframe, groups } = this.#setup;
        const when = bars.size === 1 ? moment(bars.time[group], timeframe)
            : `${moment(bars.time[group], timeframe).replace(/ \(.*/, "")} – ${moment(this.#series.bars.time[bars.last[group]], timeframe).replace(/ \(.*/, "")}`;
        // What several bars are drawn as has no story of its own; that of a bar stays to be opened when the pointer has left it.
        this.#story.hidden = bars.size > 1;
        if (bars.size === 1 && (this.#cursor !== null || !this.#story.href)) {
            this.#story.href = this.#setup.story + new Date(bars.time[group]).toISOString();
            this.#story.textContent = `Story of ${when.replace(/ \(.*/, "")}`;
        }
        const piece = (tag, text, tone) => {
            const node = document.createElement(tag);
            node.textContent = text;
            if (tone)
                node.style.color = `var(--${tone})`;
            return node;
        };
        const value = (label, text, tone) => {
            const node = piece("span", `${label} `);
            node.append(piece("b", text, tone));
            return node;
        };
        const tone = change >= 0 ? "up" : "down";
        let overlay = 0;
        const features = groups.flatMap(item => {
            const n = item.pane ? null : overlay++ % 6 + 1;
            return item.names.map((name, j) => value(item.names.length > 1 ? name.replaceAll("_", " ") : item.label, shown(bars.features.get(name)?.[group], item), `series-${n ?? j + 1}`));
        });
        this.#readout.replaceChildren(
            piece("strong", when), value("O", price(open)), value("H", price(high)), value("L", price(low)), value("C", price(close)),
            piece("span", `${change >= 0 ? "+" : "−"}${Math.abs(change).toFixed(2)} %`, tone), value("Vol", shortNumber.format(bars.volume[group])),
            ...features, ...(bars.notes.get(group) ?? []).map(text => piece("em", text)));
    }
}

/** The chart as the server drives it: what takes long is begun, not waited for. */
export async function create(element) {
    const chart = new PriceChart(element, await library());
    return {
        show(setup) { chart.show(setup); },
        range(name) { chart.range(name); },
        newer() { chart.newer(); },
        visible() { return chart.visible(); },
        dispose() { chart.dispose(); },
    };
}
