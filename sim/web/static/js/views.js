// The two views of one community, by homes and by ties, and which ties the second shows.
import { eventTies, lastingCounts } from "./network.js";
import { addTexts, h, language, t } from "./words.js";

addTexts({
  view: ["看法", "View"], view_map: ["楼栋", "Homes"], view_network: ["关系网", "Network"], layer: ["显示的关系", "Ties shown"], layer_all: ["全部关系", "all ties"],
  tie_household: ["家庭", "household"], tie_building: ["同楼", "building"], tie_friendship: ["朋友", "friends"], tie_work: ["单位、党组织", "work, party"],
  tie_event: ["活动结识", "met at events"], tie_made: ["本周结识", "new this week"], tie_lost: ["本周断开", "lost this week"],
});

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @param {any} app */
export function wireViews(app) {
  const show = (/** @type {"map"|"network"} */ view) => {
    if (app.state.view === view) return;
    app.state.view = view;
    for (const side of ["a", "b"]) app.maps[side].reset();
    changed(app);
  };
  by("view-map").onclick = () => show("map");
  by("view-network").onclick = () => show("network");
  by("layer").onchange = () => {
    app.state.layer = by("layer").value;
    changed(app);
  };
}

function changed(/** @type {any} */ app) {
  app.redraw();
  app.saved();
}

/** The switch as it stands. @param {any} app */
export function drawViews(app) {
  const network = app.state.view === "network", layers = app.runs.a.words.layers ?? [];
  by("view-map").setAttribute("aria-pressed", String(!network));
  by("view-network").setAttribute("aria-pressed", String(network));
  by("ties").hidden = network;
  by("layer").hidden = !network;
  by("layer").setAttribute("aria-label", t("layer"));
  by("layer").replaceChildren(h("option", { value: "all" }, t("layer_all")), ...layers.map((/** @type {any} */ l) => h("option", { value: l.key }, tieName(l.key))));
  if (!layers.some((/** @type {any} */ l) => l.key === app.state.layer)) app.state.layer = "all";
  by("layer").value = app.state.layer;
}

/** What a map has to know of the view. @param {any} state */
export const viewOf = (state) => ({ network: state.view === "network", layer: state.layer });

/** Short name of a look of ties. @param {string} key */
export const tieName = (key) => t(`tie_${key}`);

/** A network in words. @param {import("./run.js").Run} run @param {number} week */
export function networkSentence(run, week) {
  const zh = language() === "zh", now = eventTies(run, week), lasting = lastingCounts(run);
  const kinds = Object.entries(lasting).map(([key, count]) => (zh ? `${tieName(key)}${count}条` : `${tieName(key)} ${count}`)).join(zh ? "、" : ", ");
  const met = now.event.length + now.made.length;
  return zh
    ? `固定关系：${kinds}；活动结识的关系现有${met}条，本周新结识${now.made.length}条、断开${now.lost.length}条。`
    : `Lasting ties: ${kinds}; ${met} ties met at events stand, ${now.made.length} of them new this week, and ${now.lost.length} were lost.`;
}
