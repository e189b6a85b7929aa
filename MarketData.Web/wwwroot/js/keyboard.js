// Blazor takes over clicks on links within the page and scrolls, but leaves the focus where it was: a reader who skips to the
// content by keyboard means to go on from there.
document.addEventListener("click", event => {
    if (!event.target.closest?.(".skip-link"))
        return;
    event.preventDefault();
    document.getElementById("content")?.focus();
}, true);
