// <local-time datetime="…" format="…">: the server writes UTC, the reader sees the zone of their choice, named, and what ticks, ticks here,
// so that a countdown costs the server nothing.
const minute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const day = { month: "short", day: "2-digit" };
const shapes = {
    exact: { year: "numeric", ...day, ...minute, second: "2-digit" },
    sameYear: { ...day, ...minute },
    otherYear: { year: "numeric", ...day, ...minute },
    clock: { ...minute, second: "2-digit" },
    bar: { year: "numeric", ...day, ...minute },
    year: { year: "numeric" },
};
const writers = new Map();
const write = (shape, time, zone) => {
    const key = `${shape} ${zone}`;
    if (!writers.has(key))
        writers.set(key, new Intl.DateTimeFormat(undefined, { ...shapes[shape], timeZone: zone }));
    return writers.get(key).format(time);
};

const parts = seconds => {
    const s = Math.max(0, Math.floor(seconds));
    return [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60, s % 60];
};
const two = n => String(n).padStart(2, "0");
const stopwatch = seconds => {
    const [d, h, m, s] = parts(seconds);
    return d > 0 ? `${d} d ${two(h)} h` : h > 0 ? `${h} h ${two(m)} min` : m > 0 ? `${m} min ${two(s)} s` : `${s} s`;
};
const rough = seconds => {
    const [d, h, m, s] = parts(seconds);
    return d > 0 ? `${d} d` : h > 0 ? `${h} h` : m > 0 ? `${m} min` : `${s} s`;
};

const formats = {
    datetime: (t, zone) => write(write("year", t, zone) === write("year", new Date(), zone) ? "sameYear" : "otherYear", t, zone),
    exact: (t, zone) => write("exact", t, zone),
    clock: (t, zone) => write("clock", t, zone),
    bar: (t, zone) => write("bar", t, zone),
    ago: t => {
        const age = (Date.now() - t) / 1000;
        return age < 5 ? "just now" : `${rough(age)} ago`;
    },
    until: t => {
        const left = (t - Date.now()) / 1000;
        return left <= 0 ? "now" : stopwatch(left);
    },
    in: t => {
        const left = (t - Date.now()) / 1000;
        return left <= 0 ? "now" : `in ${stopwatch(left)}`;
    },
    elapsed: t => stopwatch((Date.now() - t) / 1000),
};
const ticking = new Set(["ago", "until", "in", "elapsed"]);
const live = new Set();

class LocalTime extends HTMLElement {
    static observedAttributes = ["datetime", "format"];

    connectedCallback() {
        this.attachedText ??= this.attachShadow({ mode: "open" }).appendChild(document.createTextNode(""));
        this.update();
    }

    disconnectedCallback() {
        live.delete(this);
    }

    attributeChangedCallback() {
        if (this.attachedText)
            this.update();
    }

    update() {
        const format = this.getAttribute("format") ?? "datetime";
        if (ticking.has(format))
            live.add(this);
        else
            live.delete(this);
        this.show();
    }

    show() {
        const time = new Date(this.getAttribute("datetime"));
        const text = isNaN(time) ? "" : formats[this.getAttribute("format") ?? "datetime"](time, marketDataPreferences.zoneOf(this));
        if (this.attachedText.data !== text)
            this.attachedText.data = text;
    }
}

customElements.define("local-time", LocalTime);
setInterval(() => {
    if (!document.hidden)
        live.forEach(element => element.show());
}, 1000);
document.addEventListener("visibilitychange", () => live.forEach(element => element.show()));
document.addEventListener("marketdata:zone", () => document.querySelectorAll("local-time").forEach(element => element.show()));
