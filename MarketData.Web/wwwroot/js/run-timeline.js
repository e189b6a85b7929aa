// <run-timeline>: the server draws bars in seconds since the run began; which seconds are shown is two numbers that the style sheet
// draws by, so that zooming, moving and the growth of what goes on cost the server nothing.
const steps = [.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
const roomForLabel = 84;

const two = n => String(n).padStart(2, "0");
const label = (seconds, step) => {
    if (step < 1)
        return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(step < .01 ? 3 : step < .1 ? 2 : 1)} s`;
    const s = Math.round(seconds), [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
    return d > 0 ? `${d} d ${two(h)} h` : h > 0 ? `${h} h ${two(m)} min` : m > 0 ? `${m} min ${two(s % 60)} s` : `${s} s`;
};

class RunTimeline extends HTMLElement {
    static observedAttributes = ["data-length", "data-now", "data-open", "data-begin"];

    connectedCallback() {
        this.pointers = new Map();
        this.listening = new AbortController();
        const listen = (target, kind, act, options = {}) => target.addEventListener(kind, act.bind(this), { signal: this.listening.signal, ...options });
        listen(this, "click", this.press);
        listen(this, "keydown", this.key);
        listen(this, "wheel", this.turn, { passive: false });
        listen(this, "pointerdown", this.grab);
        listen(window, "pointermove", this.drag);
        listen(window, "pointerup", this.drop);
        listen(window, "pointercancel", this.drop);
        // What moved was not pressed.
        listen(this, "click", event => { if (this.moved) { event.stopPropagation(); event.preventDefault(); this.moved = false; } }, { capture: true });
        this.sizes = new ResizeObserver(() => this.draw());
        this.sizes.observe(this);
        this.told();
        this.timer = setInterval(() => { if (this.isOpen && !document.hidden) this.draw(); }, 1000);
    }

    disconnectedCallback() {
        this.listening.abort();
        this.sizes.disconnect();
        clearInterval(this.timer);
    }

    attributeChangedCallback(name) {
        if (!this.listening)
            return;
        if (name === "data-begin")
            this.zoomed = null;
        this.told();
    }

    told() {
        this.isOpen = this.dataset.open === "true";
        this.now = Number(this.dataset.now);
        this.length = Number(this.dataset.length);
        this.toldAt = performance.now();
        this.draw();
    }

    get clock() {
        return this.isOpen ? this.now + (performance.now() - this.toldAt) / 1000 : this.now;
    }

    get whole() {
        return { from: 0, span: Math.max(this.length, this.isOpen ? this.clock * 1.02 : 0) };
    }

    get shown() {
        return this.zoomed ?? this.whole;
    }

    get axis() {
        return this.querySelector(".tl-axis");
    }

    show(from, span) {
        const whole = this.whole;
        span = Math.max(span, .001);
        this.zoomed = span >= whole.span ? null : { span, from: Math.min(Math.max(from, 0), whole.span - span) };
        this.draw();
    }

    zoom(factor, at = .5) {
        const { from, span } = this.shown;
        this.show(from + span * at * (1 - factor), span * factor);
    }

    move(share) {
        const { from, span } = this.shown;
        this.show(from + span * share, span);
    }

    draw() {
        const { from, span } = this.shown, axis = this.axis;
        if (!axis)
            return;
        this.style.setProperty("--from", from);
        this.style.setProperty("--span", span);
        this.style.setProperty("--clock", this.clock);
        const step = steps.find(one => axis.clientWidth * one / span >= roomForLabel) ?? steps.at(-1);
        const ticks = [];
        for (let at = Math.ceil(from / step) * step; at <= from + span; at += step) {
            const tick = document.createElement("span");
            tick.textContent = label(at, step);
            tick.style.setProperty("--at", at);
            ticks.push(tick);
        }
        axis.replaceChildren(...ticks);
        this.style.setProperty("--step", step);
        this.tell(from, span);
    }

    tell(from, span) {
        const place = this.querySelector(".tl-window"), begin = Date.parse(this.dataset.begin);
        if (!this.ends) {
            this.ends = [0, 1].map(() => document.createElement("local-time"));
            this.ends.forEach(end => end.setAttribute("format", "exact"));
        }
        if (place.firstChild !== this.ends[0])
            place.replaceChildren(this.ends[0], " to ", this.ends[1]);
        [from, from + span].forEach((at, i) => {
            const text = new Date(begin + Math.floor(at) * 1000).toISOString();
            if (this.ends[i].getAttribute("datetime") !== text)
                this.ends[i].setAttribute("datetime", text);
        });
    }

    press(event) {
        const act = event.target.closest?.("[data-zoom]")?.dataset.zoom;
        if (act)
            this.act(act);
    }

    key(event) {
        if (event.target.closest("input, a, button, .tl-detail") && event.target !== this || event.ctrlKey || event.metaKey || event.altKey)
            return;
        const act = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", Home: "all", 0: "all" }[event.key];
        if (!act)
            return;
        event.preventDefault();
        this.act(act);
    }

    act(act) {
        if (act === "all")
            this.show(0, Infinity);
        else if (act === "in" || act === "out")
            this.zoom(act === "in" ? .5 : 2);
        else
            this.move(act === "left" ? -.25 : .25);
    }

    placeOf(x) {
        const box = this.axis.getBoundingClientRect();
        return Math.min(Math.max((x - box.left) / box.width, 0), 1);
    }

    // A wheel alone scrolls the page, as everywhere.
    turn(event) {
        if (event.ctrlKey || event.metaKey)
            this.zoom(event.deltaY > 0 ? 1.25 : .8, this.placeOf(event.clientX));
        else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
            this.move((event.deltaX || event.deltaY) / this.axis.clientWidth);
        else
            return;
        event.preventDefault();
    }

    grab(event) {
        if (event.button === 0 && event.target.closest(".tl-track, .tl-axis"))
            this.pointers.set(event.pointerId, event.clientX);
        this.moved = false;
    }

    drag(event) {
        const before = this.pointers.get(event.pointerId);
        if (before === undefined)
            return;
        const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
        if (others.length > 0) {
            const gap = Math.max(8, Math.abs(event.clientX - others[0]));
            this.zoom(Math.max(8, Math.abs(before - others[0])) / gap, this.placeOf((event.clientX + others[0]) / 2));
        } else if (this.moved || Math.abs(event.clientX - before) > 4) {
            this.move((before - event.clientX) / this.axis.clientWidth);
        } else {
            return;
        }
        this.moved = true;
        this.pointers.set(event.pointerId, event.clientX);
    }

    drop(event) {
        this.pointers.delete(event.pointerId);
    }
}

customElements.define("run-timeline", RunTimeline);
