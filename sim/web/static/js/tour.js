// A tour of six stops on the first visit; it can be left at any time and taken again from the help.
import { addTexts, h, t } from "./words.js";

addTexts({
  tour_title: ["一分钟导览", "A tour in one minute"], tour_leave: ["不用了", "No, thanks"],
  tour_1: ["这是同一个社区的两次运行：同样的人、同样的房子、同样的运气。甲和乙只差政策和协调方式。每盏灯是一位居民，四周是各家机构，中间是社区党委。", "Two runs of one community: same people, homes and luck. A and B differ only in policies and in who coordinates. Each light is a resident; institutions stand round the rim, the party committee in the middle."],
  tour_2: ["图例：形状和颜色都表示参与阶梯；橙色三角是未决的纠纷，会在机构之间移动。点任何一个，下面“为什么？”就讲它的故事。", "The legend: shape and colour both tell the rung of the ladder; orange triangles are open disputes that move between institutions. Tap anything for its story under “Why?”."],
  tour_3: ["按这里（或空格键）播放；左右键一周一周地走，也可以往回走。", "Press here, or the space bar, to play; arrow keys go week by week, backwards too."],
  tour_4: ["曲线：甲实线、乙虚线，下面一条是两者之差；还没看到的部分先盖住，好让大家先猜。", "Curves: A solid, B dashed, their difference below; what is still to come stays covered, so that you can guess first."],
  tour_5: ["时间轴上每条是一项政策：拖动它，或拖两端改起止，两边马上重算，此前的各周不变。", "Each bar on the timeline is a policy: drag it, or its ends, and both runs are computed anew; the weeks before stay the same."],
  tour_6: ["“设置”里换政策和协调方式；“课堂”按五步走：背景、预测、运行、解释、讨论。下结论前看“百个社区”。", "“Settings” changes policies and coordination; “Lesson” goes in five steps. Look at “100 runs” before concluding."],
});

const STOPS = ["#maps", ".legendbar", "#play", "#curves", "#timeline", "#panel"];
const KEY = "yihe-tour-taken";

export function makeTour() {
  const box = /** @type {HTMLElement} */ (document.getElementById("tour"));
  let at = 0;
  const mark = (/** @type {boolean} */ on) => {
    for (const el of document.querySelectorAll(".toured")) el.classList.remove("toured");
    if (on) document.querySelector(STOPS[at])?.classList.add("toured");
  };
  const end = () => {
    mark(false);
    box.hidden = true;
    remember();
  };
  const show = () => {
    mark(true);
    const target = document.querySelector(STOPS[at]);
    if (innerWidth <= 820) target?.scrollIntoView({ block: "center" });
    const place = target?.getBoundingClientRect();
    box.classList.toggle("low", Boolean(place && place.top + place.height / 2 < innerHeight / 2));
    const last = at === STOPS.length - 1;
    box.replaceChildren(
      h("h2", { id: "tour-title" }, `${t("tour_title")} ${at + 1}/${STOPS.length}`), h("p", null, t(`tour_${at + 1}`)),
      h("div", { class: "row" }, h("button", { onclick: end }, last ? t("close") : t("tour_leave")), at > 0 && h("button", { onclick: () => move(-1) }, t("previous")),
        h("button", { class: "primary", onclick: () => (last ? end() : move(1)) }, last ? t("finish") : t("next"))),
    );
    box.hidden = false;
    /** @type {HTMLElement|null} */ (box.querySelector(".primary"))?.focus();
  };
  const move = (/** @type {number} */ by) => {
    at = Math.max(0, Math.min(STOPS.length - 1, at + by));
    show();
  };
  box.addEventListener("keydown", (e) => e.key === "Escape" && end());
  return {
    start() {
      at = 0;
      show();
    },
    greet() {
      if (!taken()) this.start();
    },
  };
}

function taken() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, "yes");
  } catch { /* a browser that keeps nothing shows the tour again */ }
}
