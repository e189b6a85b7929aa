// <button data-copy="…">: copies its text and says so beside the button.
const shownFor = 2000;

const copyBySelection = text => {
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    area.style.cssText = "position:fixed;inset:0 auto auto 0;opacity:0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
};

// Only https and localhost have a clipboard to write to.
const copy = async text => {
    try {
        if (navigator.clipboard) {
            await navigator.clipboard.writeText(text);
            return true;
        }
    } catch {
        // Refused, as in a frame without the permission: the selection may still do.
    }
    return copyBySelection(text);
};

document.addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copy]");
    if (!button)
        return;
    const done = await copy(button.dataset.copy);
    button.focus();
    const said = button.nextElementSibling;
    if (!said?.matches(".copy-said"))
        return;
    said.textContent = done ? "Copied" : "Not allowed: select and copy it";
    setTimeout(() => said.textContent = "", shownFor);
});
