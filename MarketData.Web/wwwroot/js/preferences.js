// Runs before the first paint. The server renders in the colours of the cookie, so a first visitor whose system is dark
// gets the cookie and the page once more, before anything was shown.
(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const read = name => document.cookie.split("; ").find(c => c.startsWith(name + "="))?.slice(name.length + 1);
    const attributes = "path=/dashboard; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
    const write = (name, value) => {
        document.cookie = `${name}=${value}; max-age=31536000; ${attributes}`;
    };

    const remember = () => write("md-system", dark.matches ? "dark" : "light");
    const rendered = document.documentElement.dataset.theme;
    remember();
    dark.addEventListener("change", remember);
    if (read("md-system") !== undefined && (read("md-theme") ?? read("md-system")) !== rendered)
        location.reload();

    window.marketDataPreferences = {
        watch(dotnet) {
            dark.addEventListener("change", () => dotnet.invokeMethodAsync("SystemThemeChanged", dark.matches));
            // From here on the page answers to clicks.
            document.documentElement.dataset.interactive = "true";
        },
        choose(theme, isDark) {
            if (theme === "system")
                document.cookie = `md-theme=; max-age=0; ${attributes}`;
            else
                write("md-theme", theme);
            document.documentElement.dataset.theme = isDark ? "dark" : "light";
            document.dispatchEvent(new Event("marketdata:theme"));
        },
        chooseZone(zone) {
            write("md-zone", zone);
            document.documentElement.dataset.zone = zone;
            document.dispatchEvent(new Event("marketdata:zone"));
        },
        // The zone that instants beside an element are written in, as Intl takes it: undefined for that of the browser.
        zoneOf(element) {
            const zone = document.documentElement.dataset.zone;
            return zone === "utc" ? "UTC" : zone === "exchange" ? element.closest("[data-exchange-zone]").dataset.exchangeZone : undefined;
        },
        reveal: id => document.getElementById(id)?.scrollIntoView({ block: "nearest" }),
        showsCards: () => matchMedia("(max-width: 760px)").matches,
        systemIsDark: () => dark.matches,
    };
})();
