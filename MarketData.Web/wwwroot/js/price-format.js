// Numbers beside a chart. Decimals follow the price: an index needs two, a currency pair four, a coin of little worth eight.
const writers = new Map();
const write = (value, decimals) => {
    if (!writers.has(decimals))
        writers.set(decimals, new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    return writers.get(decimals).format(value);
};
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const missing = "–";

// About five significant digits, and never less than two decimals.
const readable = value => value === 0 ? 2 : Math.min(10, Math.max(2, 4 - Math.floor(Math.log10(Math.abs(value)))));
const written = value => (Math.abs(value).toFixed(10).replace(/0+$/, "").split(".")[1] ?? "").length;

/** How the prices of a series are written: with the decimals that they have, as many as can be read. */
export const pricesOf = closes => {
    const used = Math.max(2, ...closes.slice(-200).map(written));
    const text = value => value == null ? missing : write(value, Math.min(used, readable(value)));
    return { text, ticks };
};

/** The labels of an axis: all with the decimals that their distance needs. */
export const ticks = values => {
    const apart = values.length > 1 ? Math.abs(values[1] - values[0]) : Math.abs(values[0] ?? 1);
    const decimals = apart >= 1 || apart === 0 ? 0 : Math.min(10, Math.max(2, Math.ceil(-Math.log10(apart) - 1e-9)));
    return values.map(value => write(value, decimals));
};

export const amount = value => value == null ? missing : compact.format(value);
export const percent = share => {
    const text = write(Math.abs(share * 100), 2);
    return `${Number(text) === 0 ? "" : share < 0 ? "−" : "+"}${text} %`;
};

const directions = { up: 1, bullish: 1, down: -1, bearish: -1 };
const isWord = value => typeof value === "string";

/** How a feature is drawn and written: rates as percentages, words as steps, what is on the candles' scale as prices. */
export const featureOf = (group, values, prices) => {
    const isWords = values.find(isWord) !== undefined;
    const below = isWords ? value => value > 0 ? "up" : value < 0 ? "down" : "flat"
        : group.percent ? value => `${write(value * 100, 2)} %`
        : group.bounds ? value => write(value, 1)
        : value => Math.abs(value) >= 100_000 ? compact.format(value) : write(value, Math.min(4, readable(value)));
    const text = group.pane ? below : prices.text;
    return {
        isWords,
        plotted: value => isWord(value) ? directions[value] ?? 0 : value,
        text: value => value == null ? missing : isWord(value) ? value : text(value),
    };
};
