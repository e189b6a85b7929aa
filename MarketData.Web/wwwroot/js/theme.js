// What canvases take from the page's style: colours, type, and when they change.

/** A colour of the theme by its name in app.css, as it is written there. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

let pixel;

/** The same colour as rgba(), with a share of its opacity: what libraries that parse colours themselves understand. */
export const rgba = (name, share = 1) => {
    pixel ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour(name);
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return `rgba(${red}, ${green}, ${blue}, ${(alpha / 255 * share).toFixed(3)})`;
};

export const font = () => getComputedStyle(document.body).fontFamily;

/** How much larger than usual the page's type is: the pages grow it on very large screens, and a canvas has to follow. */
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** Calls back whenever the reader changes between light and dark; the returned function stops it. */
export const onTheme = redraw => {
    document.addEventListener("marketdata:theme", redraw);
    return () => document.removeEventListener("marketdata:theme", redraw);
};
