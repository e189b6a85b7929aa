// What is drawn around the candles and never over them: gaps and session breaks behind, and a lane of marks below, in which marks that
// would touch become one.
import { font, rgba } from "./theme.js";

/** What can be marked, the gravest first: marks that share a place show that of the first. */
export const kinds = {
    rejected: { tone: "bad", shape: [[-4, -2], [-2, -4], [0, -2], [2, -4], [4, -2], [2, 0], [4, 2], [2, 4], [0, 2], [-2, 4], [-4, 2], [-2, 0]] },
    anomaly: { tone: "warn", shape: [[0, -4], [4.5, 4], [-4.5, 4]] },
    split: { tone: "stale", shape: [[0, -5], [5, 0], [0, 5], [-5, 0]] },
    revision: { tone: "busy" },
    dividend: { tone: "good", shape: [[-3.5, -3.5], [3.5, -3.5], [3.5, 3.5], [-3.5, 3.5]] },
};
const gravity = Object.keys(kinds);

/** How high the lane is that the candles leave free, in pixels. */
export const lane = 18;

// A layer of a pane, drawn in the pixels of the page: draw(context, width, height).
const layer = (order, draw) => ({
    zOrder: () => order,
    renderer: () => ({ draw: target => target.useMediaCoordinateSpace(({ context, mediaSize }) => draw(context, mediaSize.width, mediaSize.height)) }),
});

const outline = (context, shape, x, y, scale) => {
    context.beginPath();
    if (shape)
        shape.forEach(([right, down]) => context.lineTo(x + right * scale, y + down * scale));
    else
        context.arc(x, y, 4 * scale, 0, 7);
    context.closePath();
};

/**
 * The layers of one pane. `axis` is { x(place), inView(), scale }, `around` what there is to draw as it is at the time: { sessions: [place],
 * gaps: [place], marks: [{ place, kind, label }] }. The pane of the candles has no title.
 */
export const layersOf = ({ x, inView, scale }, around, title) => {
    const edge = place => (x(place - 1) + x(place)) / 2;
    const seen = places => {
        const { from, to } = inView();
        return places.filter(place => place > from && place <= to);
    };
    const behind = (context, width, height) => {
        const breaks = seen(around.sessions);
        if (breaks.length > 0 && breaks.length < width / 26) {
            context.strokeStyle = rgba("quiet", .35);
            context.setLineDash([2, 4]);
            context.beginPath();
            for (const place of breaks) {
                context.moveTo(Math.round(edge(place)) + .5, 0);
                context.lineTo(Math.round(edge(place)) + .5, height);
            }
            context.stroke();
            context.setLineDash([]);
        }
        if (title === null) {
            context.fillStyle = rgba("bad", .18);
            for (const place of seen(around.gaps)) {
                const wide = Math.max(3, x(place) - x(place - 1));
                context.fillRect(edge(place) - wide / 2, 0, wide, height);
            }
        }
        if (title) {
            context.font = `550 ${11.5 * scale}px ${font()}`;
            context.fillStyle = rgba("quiet");
            context.textBaseline = "top";
            context.fillText(title, 6 * scale, 4 * scale);
        }
    };
    const below = (context, width, height) => {
        const y = height - lane * scale / 2;
        for (const { at, kind, labels, count } of clusters(around.marks, x, inView(), 14 * scale)) {
            outline(context, kinds[kind].shape, at, y, count > 1 ? 1.15 * scale : scale);
            context.fillStyle = rgba(kinds[kind].tone);
            context.fill();
            if (count > 1) {
                context.lineWidth = 1;
                context.strokeStyle = rgba("text", .55);
                context.stroke();
            } else if (labels[0]) {
                context.font = `${10.5 * scale}px ${font()}`;
                context.fillStyle = rgba("text");
                context.textBaseline = "middle";
                context.fillText(labels[0], at + 7 * scale, y);
            }
        }
    };
    const views = [layer("bottom", behind), ...(title === null ? [layer("top", below)] : [])];
    return { paneViews: () => views };
};

/** Marks that would touch, as one: { at, kind: the gravest, labels, count }. `marks` are in the order of their places. */
export const clusters = (marks, x, { from, to }, apart) => {
    const found = [];
    for (const mark of marks) {
        if (mark.place < from || mark.place > to)
            continue;
        const at = x(mark.place);
        const last = found.at(-1);
        if (last && at - last.at < apart) {
            last.count++;
            last.labels.push(mark.label);
            if (gravity.indexOf(mark.kind) < gravity.indexOf(last.kind))
                last.kind = mark.kind;
        } else {
            found.push({ at, kind: mark.kind, labels: [mark.label], count: 1 });
        }
    }
    return found;
};
