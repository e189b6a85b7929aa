// The bars of one symbol and interval that the browser holds, oldest first, and how it gets more of them. Columns rather than
// objects: a year of five-minute bars of a market that never closes is a hundred thousand rows.
const page = 10_000;

const empty = () => ({ time: [], open: [], high: [], low: [], close: [], volume: [], features: new Map() });

const columns = candles => {
    const bars = empty();
    for (const candle of candles) {
        bars.time.push(Date.parse(candle.timestamp));
        bars.open.push(candle.open);
        bars.high.push(candle.high);
        bars.low.push(candle.low);
        bars.close.push(candle.close);
        bars.volume.push(candle.volume);
    }
    return bars;
};

const featureColumns = (candles, names) => new Map(names.map(name => [name, candles.map(candle => candle.features?.[name] ?? null)]));

const join = (older, newer) => {
    const joined = empty();
    for (const name of ["time", "open", "high", "low", "close", "volume"])
        joined[name] = older[name].concat(newer[name]);
    for (const name of newer.features.keys())
        joined.features.set(name, (older.features.get(name) ?? []).concat(newer.features.get(name)));
    return joined;
};

// What an answer that is no success means to a reader; else what the Api itself says of it.
const refusal = async answer => {
    const seconds = Number(answer.headers.get("Retry-After"));
    const again = seconds > 0 ? `again in ${seconds} s` : "again in a moment";
    const words = {
        401: "Sign in with an API key to see this.",
        403: "Your API key does not have the scope for this.",
        413: "This is more than the API takes at once.",
        429: `Too many requests; ${again}.`,
        502: "The API can't be reached.",
        503: `The API can't do this just now; ${again}.`,
        504: "The API takes too long to answer.",
    };
    const problem = await answer.json().catch(() => ({}));
    return new Error(words[answer.status] ?? problem.detail ?? problem.title ?? `The API answered ${answer.status}.`);
};

export class PriceSeries {
    #bars = empty();
    #request;
    #older;

    /** `request` tells where the bars come from: { address, timeframe, adjusted, features: [names] }. */
    constructor(request) {
        this.#request = request;
        this.complete = false;
    }

    get bars() { return this.#bars; }
    get length() { return this.#bars.time.length; }
    get features() { return this.#request.features; }

    /** The newest bars, at least as many as asked for when there are so many. */
    async start(count, signal) {
        const candles = await this.#fetch({ limit: Math.min(count, page) }, signal);
        this.#bars = this.#with(candles);
        this.complete = candles.length < Math.min(count, page);
    }

    /** Brings bars from before those that are here; resolves to how many came. Asking again meanwhile joins the request. */
    older(count, signal) {
        if (this.complete || this.length === 0)
            return Promise.resolve(0);
        return this.#older ??= this.#fetchOlder(count, signal).finally(() => this.#older = undefined);
    }

    /** Brings all bars from an instant on. */
    async reach(time, signal) {
        while (!this.complete && this.length > 0 && this.#bars.time[0] > time)
            await this.older(page, signal);
    }

    /** Brings what was added or corrected at the end; resolves to how many bars are new. */
    async newer(signal) {
        if (this.length === 0) {
            await this.start(1000, signal);
            return this.length;
        }
        const overlap = Math.max(0, this.length - 5);
        const candles = await this.#fetch({ start: new Date(this.#bars.time[overlap]).toISOString(), limit: page }, signal);
        const kept = this.#slice(0, overlap);
        const before = this.length;
        this.#bars = join(kept, this.#with(candles));
        return this.length - before;
    }

    /** The place of the first bar at or after an instant. */
    place(time) {
        let [low, high] = [0, this.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.#bars.time[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    async #fetchOlder(count, signal) {
        const limit = Math.min(Math.max(count, 1000), page);
        const candles = await this.#fetch({ end: new Date(this.#bars.time[0] - 1).toISOString(), limit }, signal);
        this.#bars = join(this.#with(candles), this.#bars);
        this.complete = candles.length < limit;
        return candles.length;
    }

    #with(candles) {
        const bars = columns(candles);
        bars.features = featureColumns(candles, this.#request.features);
        return bars;
    }

    #slice(from, to) {
        const part = empty();
        for (const name of ["time", "open", "high", "low", "close", "volume"])
            part[name] = this.#bars[name].slice(from, to);
        for (const [name, values] of this.#bars.features)
            part.features.set(name, values.slice(from, to));
        return part;
    }

    async #fetch(range, signal) {
        const { address, timeframe, adjusted, features } = this.#request;
        const query = new URLSearchParams({ timeframe, adjusted: adjusted ? "all" : "none", ...(features.length > 0 && { features: features.join() }), ...range });
        const answer = await fetch(`${address}?${query}`, { signal, headers: { Accept: "application/json" } })
            .catch(failure => { throw failure instanceof TypeError ? new Error("The API can't be reached.") : failure; });
        if (!answer.ok)
            throw await refusal(answer);
        return (await answer.json()).candles;
    }
}
