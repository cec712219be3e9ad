// Tabs: one pane of a list is shown; arrow keys move between them.

/** Shows the pane of a tab. @param {string} id */
export function setPane(id) {
  const tab = /** @type {HTMLElement} */ (document.getElementById(id));
  for (const other of tab.parentElement?.querySelectorAll("[role=tab]") ?? []) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    /** @type {HTMLElement} */ (other).tabIndex = on ? 0 : -1;
    const pane = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (pane) pane.hidden = !on;
  }
}

/** On middling screens the story has more room in the panel than under the curves. @param {any} app */
export function placeStory(app) {
  const by = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const stage = document.querySelector(".stage");
  const inPanel = innerWidth > 820 && innerWidth < 1300 && innerHeight > 560 && !app.state.present && !stage?.classList.contains("wide");
  const home = by(inPanel ? "pane-why" : "story-box");
  if (by("story").parentElement === home) return;
  if (!inPanel && by("tab-why").getAttribute("aria-selected") === "true") setPane("tab-setup");
  home.append(by("story"));
  by("tab-why").hidden = !inPanel;
  by("story-box").hidden = inPanel;
}

/** @param {any} app */
export function wireTabs(app) {
  for (const list of document.querySelectorAll("[role=tablist]")) {
    const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    for (const tab of tabs) {
      tab.addEventListener("click", () => {
        setPane(tab.id);
        app.feed?.move(app.player.week);
      });
      tab.addEventListener("keydown", (e) => {
        const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
        if (!by) return;
        const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
        next.click();
        next.focus();
        e.preventDefault();
        e.stopPropagation();
      });
    }
  }
}
