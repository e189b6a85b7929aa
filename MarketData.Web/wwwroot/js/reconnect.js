// The page lives in a circuit on the server. When the line breaks Blazor tries again; when the server no longer knows the
// circuit (it was restarted), the page is loaded afresh as soon as it answers.
const dialog = document.getElementById("components-reconnect-modal");
let reloading = false;

const reloadWhenServed = async () => {
    if (reloading)
        return;
    reloading = true;
    for (;;) {
        try {
            const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
            if (answer.ok)
                return location.reload();
        } catch {
            // Still down: ask again below.
        }
        await new Promise(resolve => setTimeout(resolve, 1000));
    }
};

dialog.addEventListener("components-reconnect-state-changed", event => {
    const { state } = event.detail;
    if (state === "hide")
        dialog.hidden = true;
    else
        dialog.hidden = false;
    if (state === "failed" || state === "rejected" || state === "paused" || state === "resume-failed")
        reloadWhenServed();
});
