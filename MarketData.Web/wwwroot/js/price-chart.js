// The price chart: bars from the Api as they are needed, features over and below them, what was found wrong marked. Drawing, wheel, drag,
// pinch, crosshair and scales are Lightweight Charts'; here is what to load, what to show, the keyboard, and the words beside it.
import { amount, featureOf, percent, pricesOf, ticks } from "./price-format.js";
import { lane, layersOf } from "./price-marks.js";
import { PriceSeries } from "./price-series.js";
import { isDate, sessionStarts, timesOf, zonedAxis } from "./price-times.js";
import { font, onTheme, rem, rgba } from "./theme.js";

const day = 86_400_000;
const fewest = 12;
const page = 10_000;
const mostNotes = 3;
const ranges = { "1d": 1.5 * day, "5d": 7 * day, "1m": 31 * day, "3m": 92 * day, "6m": 183 * day, "1y": 366 * day, "5y": 1827 * day, all: Infinity };
const perDay = { "5m": 288, "15m": 96, "30m": 48, "1h": 24, "4h": 6, "1d": 1, "1w": 1 / 7 };
const scales = { linear: 0, log: 1, percent: 2, index: 3 };
const library = () => import("../lib/lightweight-charts/lightweight-charts.mjs");

class PriceChart {
    #element;
    #plot;
    #parts;
    #library;
    #server;
    #chart;
    #lines = [];
    #setup;
    #series;
    #compared;
    #prices;
    #times;
    #notes = new Map();
    #around = { gaps: [], marks: [], sessions: [] };
    #named;
    #wanted;
    #touched = false;
    #cursor = null;
    #loading;
    #telling;
    #told;
    #frame;
    #undo = [];

    constructor(element, charts, server) {
        [this.#element, this.#library, this.#server] = [element, charts, server];
        this.#parts = Object.fromEntries(["plot", "readout", "found", "note", "spoken", "span", "story"].map(name => [name, element.querySelector(`[data-part="${name}"]`)]));
        this.#plot = this.#parts.plot;
        this.#plot.addEventListener("keydown", event => this.#series?.length > 0 && this.#key(event));
        this.#plot.addEventListener("blur", () => this.#leave());
        for (const touch of ["wheel", "pointerdown", "touchstart"])
            this.#plot.addEventListener(touch, () => this.#touched = true, { passive: true, capture: true });
        const redraw = () => this.#build();
        document.addEventListener("marketdata:zone", redraw);
        this.#undo.push(onTheme(redraw), () => document.removeEventListener("marketdata:zone", redraw));
    }

    /**
     * Shows a series: { address, timeframe, adjusted, scale, compared: { symbol, address }, groups: [{ id, label, names, tones, pane, percent,
     * bounds }], markers, gaps, range, from, to, story }. The range, or from and to, are where the view begins; after that it is the reader's.
     */
    async show(setup) {
        const before = this.#setup;
        this.#setup = setup;
        const names = setup.groups.flatMap(group => group.names);
        const same = before?.address === setup.address && before.timeframe === setup.timeframe;
        const loaded = same && before.adjusted === setup.adjusted && this.#series && names.every(name => this.#series.features.includes(name));
        const view = same && this.#series?.length > 0 ? this.#window() : null;
        if (loaded && before.compared?.address === setup.compared?.address) {
            const looksSame = before.scale === setup.scale && before.groups.map(group => group.id).join() === setup.groups.map(group => group.id).join();
            if (!looksSame || !this.#chart)
                return this.#build();
            this.#mark();
            this.#chart.applyOptions({});
            return this.#tell();
        }

        this.#loading?.abort();
        clearTimeout(this.#telling);
        const loading = this.#loading = new AbortController();
        if (!same)
            this.#clear();
        await this.#during(loading, async () => {
            const [series, compared] = await Promise.all([loaded ? this.#series : this.#load(setup, names, view, loading.signal), this.#loadCompared(setup, before, loading.signal)]);
            await compared?.reach(series.bars.time[0] ?? Infinity, loading.signal);
            // Another show may have begun when all of this was here already.
            loading.signal.throwIfAborted();
            const wanted = this.#wanted;
            [this.#series, this.#compared] = [series, compared];
            this.#build(view ?? setup);
            if (wanted)
                await this.range(wanted);
        });
    }

    /** Shows the newest part of the series, of a length named in `ranges`; loads what is missing. */
    async range(name) {
        // What is chosen while this loads keeps it.
        this.#wanted = name;
        const series = this.#series;
        if (!series || series.length === 0)
            return;
        const start = series.bars.time.at(-1) - ranges[name];
        if (!series.complete && series.bars.time[0] > start) {
            await this.#during(this.#loading, async () => {
                await Promise.all([series.reach(start, this.#loading.signal), this.#compared?.reach(start, this.#loading.signal)]);
                if (series === this.#series)
                    this.#fill();
            });
        }
        if (series === this.#series)
            this.#look({ range: name });
    }

    /** Brings what was stored since; keeps the newest bar in view when it was in view. */
    async newer() {
        const series = this.#series;
        if (!series)
            return;
        await this.#try(this.#loading, async () => {
            const hadBars = series.length > 0;
            await Promise.all([series.newer(this.#loading.signal), this.#compared?.length > 0 && this.#compared.newer(this.#loading.signal)]);
            if (series !== this.#series)
                return;
            if (!hadBars)
                this.#build(this.#setup);
            this.#fill();
            if (this.#named)
                this.#look({ range: this.#named });
            this.#setState(series.length === 0 ? "empty" : "ready");
        });
    }

    /** The opening instants of the first and the last bar in view, in ISO 8601; null while there is none. */
    visible() {
        if (!(this.#series?.length > 0) || !this.#chart)
            return null;
        const { first, last } = this.#inView();
        const instant = place => new Date(this.#series.bars.time[place]).toISOString();
        return { first: instant(first), last: instant(last) };
    }

    dispose() {
        this.#loading?.abort();
        this.#undo.forEach(undo => undo());
        clearTimeout(this.#telling);
        cancelAnimationFrame(this.#frame);
        this.#chart?.remove();
        this.#chart = undefined;
    }

    // Loading

    async #load(setup, names, view, signal) {
        const series = new PriceSeries({ address: setup.address, timeframe: setup.timeframe, adjusted: setup.adjusted, features: names });
        const { from, range } = view ?? setup;
        const span = from ? Date.now() - from : ranges[range] ?? 0;
        await series.start(Math.max(1000, Math.ceil(Number.isFinite(span) ? span / day * (perDay[setup.timeframe] ?? 1) : page)), signal);
        if (series.length > 0)
            await series.reach(from ?? series.bars.time.at(-1) - (ranges[range] ?? 0), signal);
        return series;
    }

    async #loadCompared({ compared, timeframe, adjusted }, before, signal) {
        if (!compared)
            return undefined;
        if (this.#compared && !this.#compared.failure && before?.compared?.address === compared.address && before.timeframe === timeframe && before.adjusted === adjusted)
            return this.#compared;
        const series = new PriceSeries({ address: compared.address, timeframe, adjusted, features: [] });
        try {
            await series.start(1000, signal);
        } catch (failure) {
            if (signal.aborted)
                throw failure;
            // The first symbol is worth showing without the second.
            series.failure = failure.message;
        }
        return series;
    }

    async #during(loading, work) {
        this.#setState("loading");
        await this.#try(loading, async () => {
            await work();
            if (!loading.signal.aborted)
                this.#setState(this.#series.length === 0 ? "empty" : "ready");
        });
    }

    async #try(loading, work) {
        try {
            await work();
        } catch (failure) {
            if (failure.name === "AbortError" || loading.signal.aborted)
                return;
            this.#setState("error");
            this.#parts.note.querySelector("[data-part=reason]").textContent = failure.message;
            this.#parts.note.querySelector("button").onclick = () => {
                this.#clear();
                this.show(this.#setup);
            };
        }
    }

    #clear() {
        this.#chart?.remove();
        [this.#chart, this.#series, this.#named, this.#wanted] = [undefined, undefined, undefined, undefined];
    }

    #setState(state) {
        this.#element.dataset.state = state;
        this.#element.setAttribute("aria-busy", state === "loading");
    }

    #fetchAhead(count) {
        const [series, loading] = [this.#series, this.#loading];
        this.#element.dataset.fetching = true;
        this.#try(loading, async () => {
            const added = await series.older(count, loading.signal);
            await this.#compared?.reach(series.bars.time[0], loading.signal);
            if (series !== this.#series || added === 0)
                return;
            // What is in view stays there: the library counts from the newest bar.
            this.#fill();
        }).finally(() => delete this.#element.dataset.fetching);
    }

    // Drawing

    #build(view) {
        if (!this.#setup || !this.#series)
            return;
        view ??= this.#chart && this.#series.length > 0 ? this.#window() : this.#setup;
        const { timeframe, groups, scale } = this.#setup;
        const zone = window.marketDataPreferences.zoneOf(this.#element);
        const panes = groups.filter(group => group.pane).length;
        this.#plot.style.setProperty("--panes", panes);
        this.#times = timesOf(timeframe, zone);
        this.#chart?.remove();
        this.#cursor = null;
        this.#parts.story.hidden = true;
        const size = rem();
        const line = { color: rgba("quiet"), labelBackgroundColor: rgba("quiet") };
        this.#chart = this.#library.createChartEx(this.#plot.firstElementChild, zonedAxis(this.#library, this.#times.clock), {
            autoSize: true,
            layout: {
                background: { color: "transparent" }, textColor: rgba("quiet"), fontSize: 11.5 * size, fontFamily: font(), attributionLogo: false,
                panes: { separatorColor: rgba("line"), enableResize: false },
            },
            grid: { vertLines: { color: rgba("grid-line", .6) }, horzLines: { color: rgba("grid-line", .6) } },
            crosshair: { mode: this.#library.CrosshairMode.Normal, vertLine: line, horzLine: line },
            rightPriceScale: { borderVisible: false, mode: scales[scale] ?? 0 },
            timeScale: {
                borderColor: rgba("line"), minBarSpacing: 0.002, maxBarSpacing: 40 * size, enableConflation: true, lockVisibleTimeRangeOnResize: true, timeVisible: !isDate(timeframe),
                tickMarkFormatter: (time, kind) => this.#times.tick(time * 1000, kind),
            },
            handleScroll: { vertTouchDrag: false },
            localization: { locale: "en", timeFormatter: time => this.#times.time(time * 1000), percentageFormatter: value => percent(value / 100) },
        });
        this.#addLines();
        this.#fill();
        this.#listen();
        this.#look(view);
    }

    #addLines() {
        const { groups, compared } = this.#setup;
        const { CandlestickSeries, HistogramSeries, LineSeries } = this.#library;
        const { bars } = this.#series;
        const [up, down, scale] = [rgba("up"), rgba("down"), rem()];
        const prices = this.#prices = pricesOf(bars.close);
        const format = { type: "custom", minMove: 1e-9, formatter: prices.text, tickmarksFormatter: ticks };
        this.#lines = [];
        const add = (type, options, pane, data, group) => {
            const series = this.#chart.addSeries(type, options, pane);
            this.#lines.push({ series, data, group });
            return series;
        };
        const candles = add(CandlestickSeries, {
            upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false, priceFormat: format, priceLineColor: rgba("quiet"),
        }, 0, (bars, i) => ({ open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i] }));
        const hasVolume = bars.volume.some(volume => volume > 0);
        if (hasVolume) {
            const tints = [rgba("up", .5), rgba("down", .5)];
            add(HistogramSeries, { priceFormat: { type: "custom", minMove: 1e-9, formatter: amount }, lastValueVisible: false, priceLineVisible: false }, 1,
                (bars, i) => ({ value: bars.volume[i], color: tints[bars.close[i] >= bars.open[i] ? 0 : 1] }));
        }
        let pane = hasVolume ? 1 : 0;
        for (const group of groups) {
            if (group.pane)
                pane++;
            group.names.forEach((name, n) => this.#addFeature(add, group, name, group.tones[n], group.pane ? pane : 0, format));
        }
        if (compared && this.#compared) {
            add(LineSeries, { color: rgba("series-7"), lineWidth: 2, priceFormat: format, title: compared.symbol, priceLineVisible: false, crosshairMarkerVisible: false }, 0,
                (bars, i) => ({ value: closesAt(this.#compared.bars).get(bars.time[i]) }));
        }
        const heights = [0.84, ...(hasVolume ? [0.16] : [])];
        const below = 90 * scale;
        const upper = Math.max(200, this.#plot.clientHeight - 26 * scale - below * (pane - heights.length + 1));
        this.#chart.panes().forEach((one, n) => one.setStretchFactor(n < heights.length ? heights[n] * upper : below));
        candles.priceScale().applyOptions({ scaleMargins: { top: .06, bottom: Math.min(.2, lane * scale * 1.3 / (upper * .84)) } });
        if (hasVolume)
            this.#chart.priceScale("right", 1).applyOptions({ mode: 0, scaleMargins: { top: .1, bottom: 0 } });
        for (let n = heights.length; n <= pane; n++)
            this.#chart.priceScale("right", n).applyOptions({ mode: 0, scaleMargins: { top: .22, bottom: .08 } });
        const times = this.#chart.timeScale();
        const axis = { x: place => times.logicalToCoordinate(place), inView: () => times.getVisibleLogicalRange() ?? { from: 0, to: -1 }, scale };
        const titles = groups.filter(group => group.pane).map(group => group.label);
        this.#chart.panes().forEach((one, n) => one.attachPrimitive(layersOf(axis, this.#around, n === 0 ? null : titles[n - heights.length] ?? "")));
    }

    #addFeature(add, group, name, tone, pane, format) {
        const { LineSeries, LineStyle, LineType } = this.#library;
        const feature = featureOf(group, this.#series.bars.features.get(name), this.#prices);
        const dashed = name.endsWith("_signal");
        const series = add(LineSeries, {
            color: rgba(`series-${tone}`), lineWidth: 1.5, lineStyle: dashed ? LineStyle.Dashed : LineStyle.Solid, lineType: feature.isWords ? LineType.WithSteps : LineType.Simple,
            priceFormat: pane === 0 ? format : { type: "custom", minMove: 1e-9, formatter: feature.text }, lastValueVisible: pane > 0 && !dashed, priceLineVisible: false, crosshairMarkerVisible: false,
            ...(group.bounds && { autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 100 } }) }),
        }, pane, (bars, i) => ({ value: feature.plotted(bars.features.get(name)[i] ?? undefined) }), group);
        for (const price of name === group.names[0] ? group.bounds ?? [] : [])
            series.createPriceLine({ price, color: rgba("quiet", .6), lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false });
        this.#lines.at(-1).read = (bars, place) => ({ name, tone, text: feature.text(bars.features.get(name)[place]) });
    }

    // Hands all bars to the library: it wants a series as a whole when bars come before those that it has.
    #fill() {
        const { bars } = this.#series;
        for (const { series, data } of this.#lines)
            series.setData(bars.time.map((time, i) => Object.assign(data(bars, i), { time: time / 1000 })));
        this.#mark();
    }

    #mark() {
        const { markers, gaps, timeframe } = this.#setup;
        const { bars, length } = this.#series;
        // Before the bars that are here lies what has not been loaded.
        const placed = (items, timeOf) => items.filter(item => length > 0 && timeOf(item) >= bars.time[0])
            .map(item => ({ ...item, place: Math.min(this.#series.place(timeOf(item)), length - 1) })).sort((a, b) => a.place - b.place);
        const [holes, marks] = [placed(gaps, gap => gap.start), placed(markers, mark => mark.time)];
        this.#notes = new Map();
        for (const { place, text } of [...holes, ...marks])
            this.#notes.set(place, [...this.#notes.get(place) ?? [], text]);
        const exchange = this.#element.closest("[data-exchange-zone]").dataset.exchangeZone;
        Object.assign(this.#around, { gaps: holes.map(gap => gap.place), marks, sessions: isDate(timeframe) ? [] : sessionStarts(bars.time, exchange) });
    }

    // The view

    // As instants, which stay what they are when bars come before them.
    #window() {
        const { first, last } = this.#inView();
        const range = this.#wanted ?? this.#named;
        return range ? { range } : { from: this.#series.bars.time[first], to: this.#series.bars.time[last] };
    }

    #inView() {
        const { length } = this.#series;
        const { from, to } = this.#chart.timeScale().getVisibleLogicalRange() ?? { from: 0, to: length };
        const first = Math.min(Math.max(0, Math.ceil(from)), length - 1);
        return { first, last: Math.max(first, Math.min(length - 1, Math.floor(to))) };
    }

    #look({ range, from, to }) {
        const { bars, length } = this.#series;
        if (length === 0)
            return;
        [this.#named, this.#wanted, this.#touched] = [from ? undefined : range, undefined, false];
        const last = from ? Math.max(0, this.#series.place(to + 1) - 1) : length - 1;
        const first = Math.min(this.#series.place(from ?? bars.time.at(-1) - ranges[range]), Math.max(0, last - fewest + 1));
        this.#chart.timeScale().setVisibleLogicalRange({ from: first - .5, to: last + .5 });
        this.#tell();
    }

    #listen() {
        const scale = this.#chart.timeScale();
        scale.subscribeVisibleLogicalRangeChange(() => this.#tell());
        this.#chart.subscribeCrosshairMove(({ logical, point }) => {
            if (point === undefined && this.#cursor !== null)
                return;
            this.#cursor = null;
            this.#read(point === undefined || logical === undefined ? null : Math.round(logical));
        });
    }

    #zoom(factor) {
        const { from, to } = this.#chart.timeScale().getVisibleLogicalRange();
        this.#named = undefined;
        this.#chart.timeScale().setVisibleLogicalRange({ from: to - Math.max(fewest, (to - from) * factor), to });
    }

    #pan(share) {
        const { from, to } = this.#chart.timeScale().getVisibleLogicalRange();
        const by = Math.min(Math.max((to - from) * share, -.5 - from), this.#series.length - .5 - to);
        this.#named = undefined;
        this.#chart.timeScale().setVisibleLogicalRange({ from: from + by, to: to + by });
    }

    #tell() {
        this.#frame ??= requestAnimationFrame(() => {
            this.#frame = undefined;
            const range = this.#chart?.timeScale().getVisibleLogicalRange();
            if (!range || this.#series.length === 0)
                return;
            // Dragging and wheeling move on from the range that was chosen; a new size of the window does not.
            if (this.#named && this.#touched && !this.#isAt(this.#named, range))
                this.#named = undefined;
            this.#write();
            if (range.from < range.to - range.from && !this.#series.complete && !this.#element.dataset.fetching && this.#element.dataset.state === "ready")
                this.#fetchAhead(Math.ceil((range.to - range.from) * 2));
        });
    }

    #isAt(name, { from, to }) {
        const { bars, length } = this.#series;
        const first = Math.min(this.#series.place(bars.time.at(-1) - ranges[name]), Math.max(0, length - fewest));
        return Math.abs(from - (first - .5)) < 1.01 && Math.abs(to - (length - .5)) < 1.01;
    }

    #write() {
        const { bars, length, complete } = this.#series;
        const { first, last } = this.#inView();
        const instant = place => new Date(bars.time[place]).toISOString();
        Object.assign(this.#element.dataset, {
            loaded: length, complete, inView: last - first + 1, first: instant(first), last: instant(last), price: bars.close[last], range: this.#named ?? "",
            groups: this.#setup.groups.map(group => group.id).join(" "), frames: Number(this.#element.dataset.frames ?? 0) + 1,
        });
        const count = last - first + 1;
        this.#parts.span.textContent = `${count.toLocaleString("en")} ${count === 1 ? "bar" : "bars"} · ${this.#times.time(bars.time[first])} – ${this.#times.time(bars.time[last])}`;
        if (this.#cursor === null)
            this.#read(null);
        clearTimeout(this.#telling);
        this.#telling = setTimeout(() => this.#report(first, last), 350);
    }

    // The address of the page follows the view.
    #report(first, last) {
        const { time } = this.#series.bars;
        const view = [this.#named ?? null, time[first], time[last]];
        if (view.join() === this.#told?.join())
            return;
        this.#told = view;
        this.#server.invokeMethodAsync("ViewChangedAsync", ...view);
    }

    // Reading

    #key(event) {
        const { first, last } = this.#inView();
        const step = by => {
            const next = (this.#cursor ?? last + 1) + by;
            if (next < first || next > last)
                this.#pan(by < 0 ? -0.25 : 0.25);
            this.#cursor = Math.min(this.#series.length - 1, Math.max(0, next));
            const { bars } = this.#series;
            this.#chart.setCrosshairPosition(bars.close[this.#cursor], bars.time[this.#cursor] / 1000, this.#lines[0].series);
            this.#read(this.#cursor);
            this.#parts.spoken.textContent = `${this.#parts.readout.textContent} ${this.#parts.found.textContent}`;
        };
        const keys = {
            ArrowLeft: () => event.shiftKey ? this.#pan(-0.25) : step(-1),
            ArrowRight: () => event.shiftKey ? this.#pan(0.25) : step(1),
            PageUp: () => this.#pan(-0.9), PageDown: () => this.#pan(0.9),
            "+": () => this.#zoom(0.7), "=": () => this.#zoom(0.7), "-": () => this.#zoom(1 / 0.7),
            Home: () => this.range("all"), End: () => this.range(this.#setup.range),
            Escape: () => this.#leave(),
            Enter: () => this.#parts.story.hidden || this.#parts.story.click(),
        };
        if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
            return;
        event.preventDefault();
        keys[event.key]();
    }

    #leave() {
        this.#cursor = null;
        this.#chart?.clearCrosshairPosition();
        if (this.#chart && this.#series?.length > 0)
            this.#read(null);
    }

    // Words about one bar, or about the last in view.
    #read(place) {
        const { bars, length } = this.#series;
        const { story } = this.#parts;
        const isPointed = place !== null;
        place = Math.min(length - 1, Math.max(0, place ?? this.#inView().last));
        // The story of a bar stays to be opened when the pointer has left it.
        if (isPointed || story.hidden) {
            story.hidden = false;
            story.href = this.#setup.story + new Date(bars.time[place]).toISOString();
            story.textContent = `Story of ${this.#times.time(bars.time[place])}`;
        }
        const { text } = this.#prices;
        const [open, close] = [bars.open[place], bars.close[place]];
        const change = close / (place > 0 ? bars.close[place - 1] : open) - 1;
        const { compared, timeframe } = this.#setup;
        const second = compared && this.#compared ? [value(compared.symbol, text(closesAt(this.#compared.bars).get(bars.time[place])), "series-7")] : [];
        const features = this.#lines.filter(line => line.read).map(({ read, group }) => {
            const { name, tone, text: words } = read(bars, place);
            return value(group.names.length > 1 ? name.replaceAll("_", " ") : group.label, words, `series-${tone}`);
        });
        this.#parts.readout.replaceChildren(
            piece("strong", this.#times.time(bars.time[place])), value("O", text(open)), value("H", text(bars.high[place])), value("L", text(bars.low[place])), value("C", text(close)),
            piece("span", percent(change), change >= 0 ? "up" : "down"), ...(bars.volume[place] > 0 ? [value("Vol", amount(bars.volume[place]))] : []),
            ...second, ...features);
        const lacking = compared && this.#compared?.length === 0 ? [`${compared.symbol}: ${this.#compared.failure ?? `no candles of ${timeframe}.`}`] : [];
        this.#parts.found.replaceChildren(...[...lacking, ...this.#notesAt(place)].map(words => piece("em", words)));
    }

    // When bars are narrower than a mark is, the notes of those under it.
    #notesAt(place) {
        const { from, to } = this.#chart.timeScale().getVisibleLogicalRange();
        const reach = Math.floor(4 * (to - from) / this.#chart.timeScale().width());
        const found = [];
        for (let i = place - reach; i <= place + reach; i++)
            found.push(...this.#notes.get(i) ?? []);
        return found.length <= mostNotes ? found : [...found.slice(0, mostNotes), `and ${found.length - mostNotes} more`];
    }
}

// Closes by instant, once for each set of columns.
const closes = new WeakMap();
const closesAt = bars => {
    if (!closes.has(bars))
        closes.set(bars, new Map(bars.time.map((time, i) => [time, bars.close[i]])));
    return closes.get(bars);
};

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

/** The chart as the server drives it: what takes long is begun, not waited for. */
export async function create(element, server) {
    const chart = new PriceChart(element, await library(), server);
    return {
        show(setup) { chart.show(setup); },
        range(name) { chart.range(name); },
        newer() { chart.newer(); },
        visible() { return chart.visible(); },
        dispose() { chart.dispose(); },
    };
}
