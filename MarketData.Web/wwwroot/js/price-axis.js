// Where a time axis of bars carries labels: the places at which a new hour, day, month or year begins, in the coarsest steps
// that still fill the width. Daily and weekly bars are dates (UTC); shorter ones are instants in the reader's time.
const minute = 60_000;
const day = 86_400_000;

const local = time => {
    const t = new Date(time);
    return { year: t.getFullYear(), month: t.getMonth(), day: Math.floor((time - t.getTimezoneOffset() * minute) / day), minutes: t.getHours() * 60 + t.getMinutes() };
};
const utc = time => {
    const t = new Date(time);
    return { year: t.getUTCFullYear(), month: t.getUTCMonth(), day: Math.floor(time / day), minutes: 0 };
};

const steps = [
    ...[5, 15, 30, 60, 120, 240, 360, 720].map(m => p => p.day * (1440 / m) + Math.floor(p.minutes / m)),
    ...[1, 2].map(d => p => Math.floor(p.day / d)),
    ...[1, 2].map(w => p => Math.floor((p.day + 3) / (7 * w))),
    ...[1, 2, 3, 6].map(m => p => Math.floor((p.year * 12 + p.month) / m)),
    ...[1, 2, 5, 10].map(y => p => Math.floor(p.year / y)),
];

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = n => String(n).padStart(2, "0");

export const isDate = timeframe => timeframe === "1d" || timeframe === "1w";

/** The labels by place: at most `most` of them. */
export const labels = (times, timeframe, most) => {
    const parts = times.map(isDate(timeframe) ? utc : local);
    const starts = step => {
        const places = [];
        for (let i = 1; i < parts.length; i++) {
            if (step(parts[i]) !== step(parts[i - 1]))
                places.push(i);
        }
        return places;
    };
    const places = steps.map(starts).find(found => found.length <= most) ?? [];
    // Bars crowd where the market closes for the night: drop what would touch.
    const apart = parts.length / Math.max(1, most) * 0.6;
    const result = new Map();
    let last = -Infinity;
    for (const place of places) {
        const [now, before] = [parts[place], parts[place - 1]];
        const text = now.year !== before.year ? String(now.year)
            : now.month !== before.month ? months[now.month]
            : now.day !== before.day ? dayOfMonth(times[place], timeframe)
            : `${two(Math.floor(now.minutes / 60))}:${two(now.minutes % 60)}`;
        if (place - last < apart && now.month === before.month)
            continue;
        if (place - last < apart)
            result.delete(last);
        result.set(place, text);
        last = place;
    }
    return result;
};

const dayOfMonth = (time, timeframe) => {
    const t = new Date(time);
    return isDate(timeframe) ? `${t.getUTCDate()} ${months[t.getUTCMonth()]}` : `${t.getDate()} ${months[t.getMonth()]}`;
};

const weekday = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: "UTC" });

/** A bar's opening instant in full: a date, or local time followed by UTC. */
export const moment = (time, timeframe) => {
    const t = new Date(time);
    const date = t.toISOString().slice(0, 10);
    if (isDate(timeframe))
        return timeframe === "1w" ? `Week of ${date}` : `${weekday.format(t)} ${date}`;
    const localDate = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
    const utcClock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())} UTC`;
    return `${localDate} ${two(t.getHours())}:${two(t.getMinutes())} (${localDate === date ? "" : `${date} `}${utcClock})`;
};
