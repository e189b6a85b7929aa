import { colour, font, rem } from "./theme.js";

// Brings in the chart library that the Vizor.ECharts package ships, once, when the first chart is drawn. It is a classic
// script (it expects `this` to be the window), and it is driven from here rather than through the package's own binding,
// which evaluates its options as code: the pages' content security policy allows no eval.
let loading;

export const library = () => loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js", import.meta.url);
    script.addEventListener("load", () => resolve(window.echarts));
    script.addEventListener("error", () => {
        loading = undefined;
        script.remove();
        reject(new Error("The chart library could not be loaded."));
    });
    document.head.append(script);
});

/** The colours and type that every chart has in common. */
export const look = () => ({
    animation: false,
    color: [1, 2, 3, 4, 5, 6].map(n => colour(`series-${n}`)),
    textStyle: { fontFamily: font(), fontSize: 12 * rem(), color: colour("quiet") },
});
