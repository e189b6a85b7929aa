// Blazor takes over clicks on links within the page and scrolls, but leaves the focus where it was: a reader who skips to the
// content by keyboard means to go on from there.
document.addEventListener("click", event => {
    if (!event.target.closest?.(".skip-link"))
        return;
    event.preventDefault();
    document.getElementById("content")?.focus();
}, true);

const search = () => document.querySelector(".topbar-search input")?.focus();

// "/" as elsewhere, Ctrl+K and ⌘K for those who are in a field: the search for symbols, pages and actions.
document.addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!(slash || command) || document.querySelector(".mud-dialog-container"))
        return;
    event.preventDefault();
    search();
});
document.addEventListener("click", event => {
    if (event.target.closest?.("[data-search]"))
        search();
});

// Items of MudBlazor's menus take the focus and clicks, but no keys: Enter closes the menu before anything comes of it. Those that are
// links take both.
document.addEventListener("keydown", event => {
    if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches?.("div[role=menuitem]"))
        return;
    event.preventDefault();
    event.stopPropagation();
    event.target.click();
}, true);
