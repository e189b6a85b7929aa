// The time axis of bars in the zone that the reader chose. Daily and weekly bars are dates in every zone; shorter ones are instants.
const day = 86_400_000;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = n => String(n).padStart(2, "0");

export const isDate = timeframe => timeframe === "1d" || timeframe === "1w";

/** A zone's clock: what to add to an instant (milliseconds) so that its UTC fields read as that clock does. */
export const clockOf = zone => {
    if (zone === "UTC")
        return () => 0;
    const fields = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
    const writer = new Intl.DateTimeFormat("en-US", fields);
    const measure = time => {
        const part = Object.fromEntries(writer.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
        return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(time / 1000) * 1000;
    };
    // Asking Intl takes microseconds, and there are a hundred thousand bars: on most days the answer is the same from end to end.
    const days = new Map();
    return time => {
        const date = Math.floor(time / day);
        if (!days.has(date)) {
            const offset = measure(date * day);
            days.set(date, offset === measure((date + 1) * day) ? offset : null);
        }
        return days.get(date) ?? measure(time);
    };
};

/** How an axis of bars is written: { time: an instant (ms) in full, tick: a mark of the axis, kind of it as the library counts them }. */
export const timesOf = (timeframe, zone) => {
    const clock = isDate(timeframe) ? clockOf("UTC") : clockOf(zone);
    const named = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "short" });
    const nameAt = time => named.formatToParts(time).find(part => part.type === "timeZoneName").value;
    const at = time => new Date(time + clock(time));
    const date = t => `${weekdays[t.getUTCDay()]} ${t.getUTCDate()} ${months[t.getUTCMonth()]} ${t.getUTCFullYear()}`;
    const minutes = t => `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`;
    return {
        clock,
        time(time) {
            const t = at(time);
            return timeframe === "1w" ? `Week of ${date(t).slice(4)}` : isDate(timeframe) ? date(t) : `${date(t)} ${minutes(t)} ${nameAt(time)}`;
        },
        tick(time, kind) {
            const t = at(time);
            return [t.getUTCFullYear(), months[t.getUTCMonth()], t.getUTCDate()][kind]?.toString() ?? minutes(t);
        },
    };
};

/** The library's time axis, with years, days and hours that begin where the clock says. Its own knows UTC alone. */
export const zonedAxis = (library, clock) => new class extends library.defaultHorzScaleBehavior() {
    fillWeightsForPoints(points, start) {
        const first = Math.max(0, start - 1);
        const told = points.slice(first).map(({ originalTime }) => ({ time: this.convertHorzItemToInternal(originalTime + clock(originalTime * 1000) / 1000), timeWeight: 0 }));
        super.fillWeightsForPoints(told, start - first);
        for (let i = start; i < points.length; i++)
            points[i].timeWeight = told[i - first].timeWeight;
    }
}();

/** The places at which another day begins at the exchange. */
export const sessionStarts = (times, zone) => {
    const clock = clockOf(zone);
    const starts = [];
    let before;
    times.forEach((time, place) => {
        const date = Math.floor((time + clock(time)) / day);
        if (before !== undefined && date !== before)
            starts.push(place);
        before = date;
    });
    return starts;
};
