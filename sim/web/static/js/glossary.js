// The page's terms in one sentence each.
import { h, language } from "./words.js";

/** @type {[string, string, string, string][]} */
const TERMS = [
  ["一核多元", "One core, many actors", "社区党委召集各方商量、分工、督促，自己不包办；居委会、物业、业委会、社会组织、居民各尽其责。", "The community party committee convenes, divides the work and sees it through, but does not do it all; the others each do their part."],
  ["多头无核", "Fragmented", "没有人召集，事情在各家窗口之间流转，谁都可以推。", "Nobody convenes; cases travel from desk to desk and any desk may bounce them."],
  ["行政包办", "Administrative", "党委自己办各家的活：不推诿，但人手就是瓶颈，居民旁观。", "The committee does everyone's work itself: nothing is bounced, but its hours are the bottleneck and residents look on."],
  ["居民自治", "Self-governing", "业委会或志愿团队召集；物业、驻区单位和街道仍可以推。", "Owners' committee or volunteers convene; property company, partner units and street may still bounce."],
  ["参与阶梯", "Ladder of participation", "自助、互助、公共事务、志愿骨干四级；多次参与同级或更高一级的事，才会上一级。", "Four rungs: self-help, mutual help, public affairs, volunteer; one climbs by taking part."],
  ["参与率", "Participation", "一段时间（4周或52周）内至少参加过一次的成年居民比例；业主表决另计。", "Share of adults who took part at least once within 4 or 52 weeks; owners' votes are counted apart."],
  ["效能感", "Efficacy", "相信“提了就能解决”的程度，由自己的经历和别人的话而来。", "Belief that things get solved, from own experience and from talk."],
  ["信任", "Trust", "对一家机构好、坏经历的累积（贝塔声誉），近的比远的重。", "Good and bad experience with an institution, added up; recent counts more."],
  ["归属感", "Attachment", "对社区的感情，0 到 1。", "Feeling for the community, 0 to 1."],
  ["沉默的问题", "Silent problem", "存在但没有被任何人发现或提出的纠纷与诉求；图上是楼脚的灰线。", "A dispute or need that nobody found or raised; on the map the grey line at a building's foot."],
  ["未决", "Open case", "已被发现、还在办的事；三角停在手里有它的机构旁。", "Found and in hand; its triangle stands by the institution that holds it."],
  ["流转", "Hand-off", "一件事从一家转到另一家。", "A case passing from one institution to another."],
  ["实际化解", "Really resolved", "问题真的没有了；过后还可能反弹。", "The problem is really gone; it may still relapse."],
  ["纸面办结", "Closed on paper", "台账上办结，问题还在。", "Closed in the books while the problem remains."],
  ["上交街道", "Escalated", "社区办不了，交给街道。", "Beyond the community, sent up to the street office."],
  ["种子", "Seed", "决定一次运行里全部偶然的数；同一个种子，甲乙是同一批人、同样的运气。", "The number that fixes all chance in a run; with one seed A and B are the same people with the same luck."],
  ["预热", "Warm-up", "记录开始前先跑的、没有政策的周数，让社区进入常态；不显示。", "Policy-free weeks before the recording, so that the community settles; not shown."],
  ["对数几率", "Log-odds", "决定里的计量单位：+1 大约把可能性的优势放大到 2.7 倍，−1 缩小到约三分之一。", "The unit of a decision's terms: +1 multiplies the odds by about 2.7, −1 divides them so."],
  ["95% 区间", "95 % interval", "许多个种子下，这样算出的区间 95% 会盖住真正的平均差。", "Over many seeds, intervals made so cover the true mean difference 95 % of the time."],
  ["示意性，未经校准", "Illustrative, uncalibrated", "多数参数没有用本地数据校准：适合看机制和方向，不作预测。", "Most numbers are not fitted to data: good for mechanisms and directions, not for forecasts."],
];

export function glossary() {
  const zh = language() === "zh";
  return [h("dl", { class: "glossary" }, ...TERMS.flatMap(([z, e, zz, ee]) => [h("dt", null, zh ? z : e), h("dd", null, zh ? zz : ee)]))];
}
